# Latchkey in a container: every endpoint in one process, as `cargo run` serves them.
#
#   docker build --tag latchkey .
#   docker run --publish 4000:4000 --env-file .env latchkey
#
# examples/compose.yaml runs it with all that belongs to it. On AWS each endpoint is a Lambda instead: template.yaml.
ARG RUST=rust:1.95-slim-trixie
ARG DEBIAN=debian:trixie-slim

FROM ${RUST} AS build
WORKDIR /src
COPY . .
# What was fetched and compiled is kept between builds, outside the image.
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package local && cp target/release/latchkey /

FROM ${DEBIAN}
RUN useradd --uid 10001 --create-home latchkey
COPY --from=build /latchkey /usr/local/bin/
# By number, so that an orchestrator sees that it is not root.
USER 10001
WORKDIR /home/latchkey
ENV HOST=0.0.0.0
EXPOSE 4000
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=5 CMD ["latchkey", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["latchkey"]
