FROM python:3.11.14-slim-bookworm AS builder

# durable-rules is an sdist with C code; the compiler stays in this stage.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*

COPY requirements/build.txt requirements/runtime.txt /requirements/
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --require-hashes -r /requirements/build.txt \
    && /opt/venv/bin/pip install --no-cache-dir --no-build-isolation --require-hashes \
        -r /requirements/runtime.txt \
    && /opt/venv/bin/pip uninstall --yes setuptools wheel


FROM python:3.11.14-slim-bookworm

RUN groupadd --system --gid 10001 touchstone \
    && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home touchstone \
    && install --directory --owner 10001 --group 10001 --mode 0700 /data

COPY --from=builder /opt/venv /opt/venv

WORKDIR /app
COPY LICENSE NOTICE server.py ./
COPY engine engine
COPY graph graph
COPY proto proto
COPY rulesets rulesets
COPY tools/healthcheck.py tools/healthcheck.py

ENV PATH=/opt/venv/bin:$PATH \
    PYTHONPATH=/app/proto \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1

# By number, so that an orchestrator can verify that it is not root.
USER 10001:10001
VOLUME /data
EXPOSE 50051

# Health is served on the admin port, which listens inside the container only.
HEALTHCHECK --interval=10s --timeout=5s --start-period=30s --retries=3 \
    CMD ["python", "tools/healthcheck.py", "127.0.0.1:50052"]

ENTRYPOINT ["python", "server.py", "--data-dir", "/data", "--listen", "0.0.0.0:50051", "--admin-listen", "127.0.0.1:50052"]
