FROM python:3.12-slim
# Draws the characters that the packaged fonts lack, such as 𠀀 in a name.
RUN apt-get update && apt-get install -y --no-install-recommends fonts-hanazono && rm -rf /var/lib/apt/lists/*
ENV DEBUG=0 PYTHONUNBUFFERED=1 VAR_DIR=/var/lib/bandian
ENV FONT_RARE=/usr/share/fonts/truetype/hanazono/HanaMinB.ttf
WORKDIR /app
COPY requirements.txt .
RUN pip install --no-cache-dir --require-hashes -r requirements.txt
COPY . .
RUN useradd --system --home /app bandian && mkdir -p $VAR_DIR && chown bandian $VAR_DIR
USER bandian
EXPOSE 8000
# The proxy in front ends TLS. Only what FORWARDED_ALLOW_IPS names is believed who the visitor is: never a star, for then
# any visitor could name themselves.
CMD ["uvicorn", "bandian.asgi:application", "--lifespan", "off", "--host", "0.0.0.0", "--proxy-headers", \
     "--ws-max-size", "65536", "--ws-per-message-deflate", "false", "--timeout-graceful-shutdown", "10"]
