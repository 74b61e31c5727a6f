#!/bin/sh
# What a collector takes and answers, on this machine: benches/README.md says what is measured.
# Options go to the benchmark: --seconds N, --connections N, --participants N, --folder DIR.
set -eu
cd "$(dirname "$0")/../.."
echo "$(date -u +%Y-%m-%dT%H:%MZ), $(nproc) cores, load $(cut -d ' ' -f 1-3 /proc/loadavg)"
sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1
cargo bench --quiet --package callscope-collector --bench ingest -- "$@"
echo "load at the end $(cut -d ' ' -f 1-3 /proc/loadavg)"
