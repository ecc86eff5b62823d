-- CreateTable
CREATE TABLE "saas_outages" (
    "connector" TEXT NOT NULL,
    "host" TEXT NOT NULL,
    "door" TEXT NOT NULL,
    "why" TEXT NOT NULL,
    "since" TIMESTAMPTZ(3) NOT NULL,
    "next_try_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saas_outages_pkey" PRIMARY KEY ("connector","host","door")
);
