-- AlterTable
ALTER TABLE "instance" ADD COLUMN     "secrets_banned" BOOLEAN NOT NULL DEFAULT false;

-- AlterTable
ALTER TABLE "agents" ADD COLUMN     "dpop" TEXT NOT NULL DEFAULT 'optional',
ADD COLUMN     "second_owner_id" TEXT,
ADD COLUMN     "sponsor_id" TEXT;

-- AlterTable
ALTER TABLE "agent_credentials" ADD COLUMN     "conditions" JSONB,
ADD COLUMN     "created_by_id" TEXT,
ADD COLUMN     "expires_at" TIMESTAMPTZ(3),
ADD COLUMN     "issuer_id" TEXT,
ADD COLUMN     "name" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "public_jwk" JSONB,
ADD COLUMN     "thumbprint" TEXT,
ALTER COLUMN "hash" DROP NOT NULL,
ALTER COLUMN "last_four" DROP NOT NULL;

-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "key_ends_at" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "lent_tokens" ADD COLUMN     "access_hash" TEXT;

-- AlterTable
ALTER TABLE "signing_keys" ADD COLUMN     "active_from" TIMESTAMPTZ(3);
-- By hand: keys that are there sign already.
UPDATE "signing_keys" SET "active_from" = "created_at";
ALTER TABLE "signing_keys" ALTER COLUMN "active_from" SET NOT NULL;

-- AlterTable
ALTER TABLE "activity" ADD COLUMN     "credential_id" TEXT,
ADD COLUMN     "delegation_id" TEXT;

-- CreateTable
CREATE TABLE "trusted_issuers" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "issuer" TEXT NOT NULL,
    "keys_from" TEXT NOT NULL,
    "keys_at" TEXT,
    "keys" JSONB,
    "sequence" BIGINT,
    "fetched_at" TIMESTAMPTZ(3),
    "audience" TEXT,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "disabled_at" TIMESTAMPTZ(3),

    CONSTRAINT "trusted_issuers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "platform_resources" (
    "id" TEXT NOT NULL,
    "resource" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "scopes" TEXT[],
    "served_by_id" TEXT,
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "platform_resources_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "own_access" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "resource_id" TEXT NOT NULL,
    "scopes" TEXT[],
    "given_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "own_access_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "agent_resolutions" (
    "agent_id" TEXT NOT NULL,
    "connector" TEXT NOT NULL,
    "tries" TEXT[],
    "set_by_id" TEXT NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "agent_resolutions_pkey" PRIMARY KEY ("agent_id","connector")
);

-- CreateTable
CREATE TABLE "agent_links" (
    "id" TEXT NOT NULL,
    "grant_id" TEXT NOT NULL,
    "from_agent_id" TEXT NOT NULL,
    "to_agent_id" TEXT NOT NULL,
    "agreed_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "agent_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "delegations" (
    "id" TEXT NOT NULL,
    "grant_id" TEXT NOT NULL,
    "parent_id" TEXT,
    "parent_jti" TEXT NOT NULL,
    "link_id" TEXT NOT NULL,
    "from_agent_id" TEXT NOT NULL,
    "to_agent_id" TEXT NOT NULL,
    "depth" INTEGER NOT NULL,
    "delegation_ids" TEXT[],
    "link_ids" TEXT[],
    "agent_ids" TEXT[],
    "scopes" TEXT[],
    "bounds" JSONB,
    "calls_max" INTEGER,
    "run_id" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "delegations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "runs" (
    "id" TEXT NOT NULL,
    "agent_id" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "runs_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "device_codes" (
    "id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "device_hash" TEXT NOT NULL,
    "user_code_hash" TEXT NOT NULL,
    "scopes" TEXT[],
    "address" TEXT NOT NULL,
    "status" TEXT NOT NULL DEFAULT 'pending',
    "person_id" TEXT,
    "interval" INTEGER NOT NULL DEFAULT 5,
    "last_polled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "device_codes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "id" TEXT NOT NULL,
    "family_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "client_id" TEXT NOT NULL,
    "scopes" TEXT[],
    "hash" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "family_ends_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "ended_tokens" (
    "jti" TEXT NOT NULL,
    "ended_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "ended_tokens_pkey" PRIMARY KEY ("jti")
);

-- CreateTable
CREATE TABLE "seen_once" (
    "key" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "seen_once_pkey" PRIMARY KEY ("key")
);

-- CreateIndex
CREATE UNIQUE INDEX "trusted_issuers_issuer_key" ON "trusted_issuers"("issuer");

-- CreateIndex
CREATE UNIQUE INDEX "platform_resources_resource_key" ON "platform_resources"("resource");

-- CreateIndex
CREATE INDEX "own_access_agent_id_idx" ON "own_access"("agent_id");

-- CreateIndex
CREATE INDEX "agent_links_grant_id_idx" ON "agent_links"("grant_id");

-- CreateIndex
CREATE INDEX "agent_links_from_agent_id_idx" ON "agent_links"("from_agent_id");

-- CreateIndex
CREATE INDEX "agent_links_to_agent_id_idx" ON "agent_links"("to_agent_id");

-- CreateIndex
CREATE UNIQUE INDEX "delegations_parent_jti_key" ON "delegations"("parent_jti");

-- CreateIndex
CREATE INDEX "delegations_grant_id_idx" ON "delegations"("grant_id");

-- CreateIndex
CREATE INDEX "delegations_parent_id_idx" ON "delegations"("parent_id");

-- CreateIndex
CREATE INDEX "delegations_link_id_idx" ON "delegations"("link_id");

-- CreateIndex
CREATE UNIQUE INDEX "device_codes_device_hash_key" ON "device_codes"("device_hash");

-- CreateIndex
CREATE UNIQUE INDEX "device_codes_user_code_hash_key" ON "device_codes"("user_code_hash");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_hash_key" ON "refresh_tokens"("hash");

-- CreateIndex
CREATE INDEX "refresh_tokens_family_id_idx" ON "refresh_tokens"("family_id");

-- CreateIndex
CREATE INDEX "refresh_tokens_person_id_idx" ON "refresh_tokens"("person_id");

-- CreateIndex
CREATE INDEX "seen_once_expires_at_idx" ON "seen_once"("expires_at");

-- CreateIndex
CREATE INDEX "agents_second_owner_id_idx" ON "agents"("second_owner_id");

-- CreateIndex
CREATE INDEX "agent_credentials_issuer_id_idx" ON "agent_credentials"("issuer_id");

-- CreateIndex
CREATE INDEX "agent_credentials_thumbprint_idx" ON "agent_credentials"("thumbprint");

-- CreateIndex
CREATE INDEX "lent_tokens_access_hash_idx" ON "lent_tokens"("access_hash");

-- CreateIndex
CREATE INDEX "activity_run_id_verified_at_id_idx" ON "activity"("run_id_verified", "at" DESC, "id" DESC);

-- AddForeignKey
ALTER TABLE "agents" ADD CONSTRAINT "agents_second_owner_id_fkey" FOREIGN KEY ("second_owner_id") REFERENCES "people"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agents" ADD CONSTRAINT "agents_sponsor_id_fkey" FOREIGN KEY ("sponsor_id") REFERENCES "people"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_credentials" ADD CONSTRAINT "agent_credentials_issuer_id_fkey" FOREIGN KEY ("issuer_id") REFERENCES "trusted_issuers"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "own_access" ADD CONSTRAINT "own_access_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agents"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "own_access" ADD CONSTRAINT "own_access_resource_id_fkey" FOREIGN KEY ("resource_id") REFERENCES "platform_resources"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_resolutions" ADD CONSTRAINT "agent_resolutions_agent_id_fkey" FOREIGN KEY ("agent_id") REFERENCES "agents"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "agent_links" ADD CONSTRAINT "agent_links_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "delegations" ADD CONSTRAINT "delegations_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "grants"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written by hand: one live link of a kind, and one live credential by a key.
CREATE UNIQUE INDEX "agent_links_one_live" ON "agent_links"("grant_id", "from_agent_id", "to_agent_id") WHERE "revoked_at" IS NULL;
CREATE UNIQUE INDEX "agent_credentials_one_live_key" ON "agent_credentials"("agent_id", "thumbprint") WHERE "revoked_at" IS NULL AND "thumbprint" IS NOT NULL;
