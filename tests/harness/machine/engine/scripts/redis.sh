#!/bin/sh
# How the image redis starts, after its documentation: options are the server's; it runs as redis, and answers other
# containers (the real image is built with the protected mode off).
set -eu
case "$1" in -* | *.conf) set -- redis-server "$@" ;; esac
if [ "$1" = redis-server ]; then
  if [ "$(id -u)" = 0 ]; then
    chown -R redis:redis .
    exec setpriv --reuid=redis --regid=redis --init-groups "$0" "$@"
  fi
  case "$*" in *--protected-mode*) ;; *) set -- "$@" --protected-mode no ;; esac
fi
exec "$@"
