-- AlterTable
ALTER TABLE "connector_setups" ADD COLUMN     "tenant" TEXT;

-- AlterTable
ALTER TABLE "connections" ADD COLUMN     "api_base" TEXT;
