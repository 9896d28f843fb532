"""Gunicorn's settings for the container and for systemd; the command line of either may override them."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
workers = int(os.environ.get("WEB_CONCURRENCY", os.cpu_count() or 1))
threads = 4
timeout = 30
graceful_timeout = 30
# A slow leak ends with the worker; the jitter keeps them from ending all at once.
max_requests = 5000
max_requests_jitter = 500
# Heartbeats are files: on a disk a slow write looks like a dead worker.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True
# Paths hold codes and tokens. The application logs its requests without them.
accesslog = None
