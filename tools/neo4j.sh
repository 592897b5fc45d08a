#!/usr/bin/env bash
# A real Neo4j Community server on loopback, for tests and for trying things out.
#
#   tools/neo4j.sh fetch                 download the server with Maven, once (123 MB, into .neo4j/)
#   tools/neo4j.sh run HOME [FILE] [PID] start it with its data under HOME, wait until it answers,
#                                        write {"uri", "user", "password"} to FILE, run until it is
#                                        stopped (Ctrl-C, SIGTERM) or the process PID has gone
#
# Needs Java 17 or 21, and Maven to fetch. Neo4j Community is GPLv3: a process of its own, fetched by
# whoever runs the tests, never part of what is shipped.
set -euo pipefail

tools="$(cd "$(dirname "$0")" && pwd)"
version="$(sed -n 's:.*<neo4j.version>\(.*\)</neo4j.version>.*:\1:p' "$tools/neo4j/pom.xml")"
lib="${TOUCHSTONE_NEO4J_LIB:-$tools/../.neo4j/$version/lib}"
wait_s=120

need() {
    if ! command -v "$1" >/dev/null; then
        echo "Neo4j needs $2 on PATH (Debian: apt-get install $3)" >&2
        exit 1
    fi
}

fetch() {
    if [ -f "$lib/.complete" ]; then
        return
    fi
    need java "Java 17 or 21" openjdk-17-jre-headless
    need mvn Maven maven
    echo "fetching Neo4j Community $version" >&2
    rm -rf "$lib"
    mkdir -p "$lib"
    # -C: a file whose checksum does not match is refused.
    mvn --quiet --batch-mode -C --file "$tools/neo4j/pom.xml" dependency:copy-dependencies \
        -DincludeScope=runtime -DoutputDirectory="$(cd "$lib" && pwd)" >&2
    touch "$lib/.complete"
}

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

configure() { # HOME PORT
    mkdir -p "$1/conf"
    cat >"$1/conf/neo4j.conf" <<CONF
server.default_listen_address=127.0.0.1
server.bolt.listen_address=127.0.0.1:$2
server.http.enabled=false
dbms.usage_report.enabled=false
server.memory.pagecache.size=${NEO4J_PAGECACHE:-64m}
db.transaction.timeout=30s
db.memory.transaction.max=256m
dbms.security.allow_csv_import_from_file_urls=false
CONF
}

run() { # HOME [FILE] [PID]
    need java "Java 17 or 21" openjdk-17-jre-headless
    fetch
    mkdir -p "$1"
    home="$(cd "$1" && pwd)"
    port="$(free_port)"
    configure "$home" "$port"
    if [ ! -f "$home/password" ]; then
        (umask 077 && od -An -tx1 -N12 /dev/urandom | tr -d ' \n' >"$home/password")
        NEO4J_HOME="$home" java -Xmx128m -cp "$lib/*" org.neo4j.cli.AdminTool \
            dbms set-initial-password "$(cat "$home/password")" >"$home/admin.log" 2>&1
    fi
    java -Xms256m "-Xmx${NEO4J_HEAP:-512m}" -XX:+UseSerialGC -XX:TieredStopAtLevel="${NEO4J_JIT:-4}" \
        --add-opens=java.base/java.nio=ALL-UNNAMED --add-opens=java.base/java.io=ALL-UNNAMED \
        --add-opens=java.base/sun.nio.ch=ALL-UNNAMED -Dfile.encoding=UTF-8 -cp "$lib/*" \
        org.neo4j.server.CommunityEntryPoint --home-dir="$home" --config-dir="$home/conf" \
        --console-mode >"$home/server.log" 2>&1 &
    server=$!
    trap 'stop' EXIT
    trap 'exit 0' INT TERM
    await_start
    announce "${2:-}"
    while kill -0 "$server" 2>/dev/null; do
        if [ -n "${3:-}" ] && ! kill -0 "$3" 2>/dev/null; then
            exit 0
        fi
        sleep 0.5
    done
    echo "Neo4j ended by itself; its log is $home/server.log" >&2
    exit 1
}

await_start() {
    for ((tenth = 0; tenth < wait_s * 10; tenth++)); do
        if grep -q 'Started\.' "$home/server.log"; then
            return
        fi
        if ! kill -0 "$server" 2>/dev/null; then
            break
        fi
        sleep 0.1
    done
    echo "Neo4j did not start within $wait_s s:" >&2
    tail -n 20 "$home/server.log" >&2
    exit 1
}

announce() { # [FILE]
    uri="bolt://127.0.0.1:$port"
    if [ -n "$1" ]; then
        (
            umask 077
            printf '{"uri": "%s", "user": "neo4j", "password": "%s", "pid": %d}\n' \
                "$uri" "$(cat "$home/password")" "$server" >"$1.new"
        )
        mv "$1.new" "$1"
        return
    fi
    echo "Neo4j $version is up. In another shell:"
    echo "  export NEO4J_URI=$uri NEO4J_USER=neo4j NEO4J_PASSWORD=$(cat "$home/password")"
    echo "Ctrl-C stops it; its data stay in $home."
}

stop() {
    # A stopped process (SIGSTOP) hears SIGTERM only once it goes on.
    kill -CONT "$server" 2>/dev/null || true
    kill -TERM "$server" 2>/dev/null || true
    for ((tenth = 0; tenth < 200; tenth++)); do
        kill -0 "$server" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$server" 2>/dev/null || true
}

case "${1:-}" in
    fetch) fetch ;;
    run) run "${2:?a directory for the data}" "${3:-}" "${4:-}" ;;
    *)
        sed -n '2,10s/^# \{0,1\}//p' "$0" >&2
        exit 2
        ;;
esac
