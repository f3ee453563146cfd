# The simulator alone, on Alpine. scripts/image.mjs lays out its files, here and for the test that starts them.
ARG NODE_VERSION=24.21.0

FROM node:${NODE_VERSION}-slim AS build
WORKDIR /build
COPY . .
RUN node scripts/run.mjs scripts/image.mjs lay /image

FROM node:${NODE_VERSION}-alpine
ENV NODE_ENV=production
COPY --from=build /image /opt/piopiy-sim
USER node
EXPOSE 8787
HEALTHCHECK --interval=5s --timeout=3s --start-period=15s --retries=3 CMD ["node", "-e", "fetch('http://127.0.0.1:8787/_sim/health').then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/opt/piopiy-sim/node_modules/@effect-piopiy/simulator/dist/cli/bin.js"]
CMD ["serve", "--host", "0.0.0.0"]
