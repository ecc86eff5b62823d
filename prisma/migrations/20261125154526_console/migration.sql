-- AlterTable
ALTER TABLE "people" ADD COLUMN     "lending_paused_at" TIMESTAMPTZ(3),
ADD COLUMN     "lending_paused_by_id" TEXT;

-- AlterTable
ALTER TABLE "agents" ADD COLUMN     "stop_id" TEXT;

-- CreateTable
CREATE TABLE "saved_views" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "saved_views_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE UNIQUE INDEX "saved_views_person_id_name_key" ON "saved_views"("person_id", "name");

-- AddForeignKey
ALTER TABLE "saved_views" ADD CONSTRAINT "saved_views_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
