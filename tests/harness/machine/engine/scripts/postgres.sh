#!/bin/bash
# How the image postgres starts, after its documentation: the variables POSTGRES_USER, _PASSWORD, _DB, _INITDB_ARGS (each
# also as …_FILE) and _HOST_AUTH_METHOD, and the files of /docker-entrypoint-initdb.d, for a new data folder.
# As there, the files are read before the script becomes postgres, so that one which root alone may read will do.
set -euo pipefail

setting() { # NAME DEFAULT: what NAME says, else the file that NAME_FILE names, else DEFAULT
  local file="${1}_FILE" value=${!1:-}
  if [ -n "$value" ] && [ -n "${!file:-}" ]; then
    echo "error: both $1 and $file are set (but are exclusive)" >&2
    exit 1
  fi
  if [ -n "${!file:-}" ]; then value=$(<"${!file}"); fi
  export "$1=${value:-$2}"
  unset "$file"
}

new_database() {
  local method=${POSTGRES_HOST_AUTH_METHOD:-scram-sha-256} file
  if [ -z "$POSTGRES_PASSWORD" ] && [ "$method" != trust ]; then
    echo "Error: Database is uninitialized and superuser password is not specified." >&2
    echo "       You must specify POSTGRES_PASSWORD to a non-empty value for the superuser." >&2
    exit 1
  fi
  # shellcheck disable=SC2086 # the arguments are several words
  initdb --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") $POSTGRES_INITDB_ARGS
  echo "host all all all $method" >>"$PGDATA/pg_hba.conf"
  pg_ctl --pgdata="$PGDATA" --options="-c listen_addresses=''" --wait start
  export PGPASSWORD=$POSTGRES_PASSWORD
  if [ "$POSTGRES_DB" != postgres ]; then createdb --username="$POSTGRES_USER" --maintenance-db=postgres "$POSTGRES_DB"; fi
  for file in /docker-entrypoint-initdb.d/*; do
    case $file in
      *.sh) bash "$file" ;;
      *.sql) psql --set ON_ERROR_STOP=1 --username="$POSTGRES_USER" --dbname="$POSTGRES_DB" --file="$file" ;;
    esac
  done
  pg_ctl --pgdata="$PGDATA" --mode=fast --wait stop
  unset PGPASSWORD
}

if [ "${1:0:1}" = - ]; then set -- postgres "$@"; fi
if [ "$1" = postgres ]; then
  setting POSTGRES_PASSWORD ""
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS ""
  if [ "$(id -u)" = 0 ]; then
    mkdir -p "$PGDATA"
    chown -R postgres:postgres "$PGDATA" /var/run/postgresql
    chmod 700 "$PGDATA"
    exec setpriv --reuid=postgres --regid=postgres --init-groups "$0" "$@"
  fi
  if [ ! -s "$PGDATA/PG_VERSION" ]; then new_database; fi
fi
exec "$@"
