# Valet in one image. Nothing of the operator's is in it: settings and secrets come when it starts, docs/operations.md says how.

FROM node:24.21.0-trixie-slim AS build
WORKDIR /src
COPY package.json package-lock.json .npmrc ./
RUN npm ci --include=dev
COPY . .
RUN node scripts/build.mjs && rm -rf .next/cache .next/trace dist/demo-* dist/seed-demo.*

FROM node:24.21.0-trixie-slim AS packages
WORKDIR /valet
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev && npm cache clean --force

FROM node:24.21.0-trixie-slim
LABEL org.opencontainers.image.title="Valet" \
      org.opencontainers.image.description="A self-hosted credential broker for agents" \
      org.opencontainers.image.licenses="Apache-2.0"
# All that is written goes to /data; the folders of secrets are there so that a volume mounted on one belongs to Valet.
RUN mkdir -p /data /secrets/valet /secrets/database && chown -R 1000:1000 /data /secrets && chmod 700 /data
WORKDIR /valet
# Valet's own files belong to root: the process cannot change what it runs.
COPY --from=packages /valet/node_modules ./node_modules
COPY --from=build /src/.next ./.next
COPY --from=build /src/dist ./dist
COPY package.json next.config.js LICENSE ./
COPY scripts ./scripts
COPY docs/operations.md ./docs/
COPY prisma/migrations ./prisma/migrations
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 VALET_DATA_DIR=/data NEXT_TELEMETRY_DISABLED=1
USER 1000:1000
VOLUME ["/data"]
EXPOSE 3000
# Alive, not ready: a database that is away is not mended by starting Valet anew.
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "scripts/healthy.mjs", "/healthz"]
CMD ["node", "scripts/start.mjs", "--built"]
