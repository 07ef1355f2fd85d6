#!/usr/bin/env bash
# One POST of each kind that Eventwall takes. EVENTWALL_TOKEN holds a token; see docs/ingest.md.
set -euo pipefail

url=${EVENTWALL_URL:-http://127.0.0.1:8000}

post() {
  local producer=$1
  shift
  curl --silent --show-error "$url/ingest/$producer" \
    -H "Authorization: Bearer $EVENTWALL_TOKEN" "$@"
}

# A number, a number with its unit, several by name.
post readings -d 21.4
post readings -d '{"value": 21.4, "unit": "°C"}'
post readings -d '{"temperature": {"value": 21.4, "unit": "°C"}, "humidity": {"value": 40, "unit": "%"}}'

# A text, a text with its level.
post notes -d 'door open'
post notes -d '{"text": "door open too long", "level": "warn"}'

# Several at once, all or nothing: an array, or a line each.
post notes -d '[{"text": "one"}, {"text": "two"}]'
printf '%s\n' '{"text": "three"}' '{"text": "four"}' |
post notes -H 'Content-Type: application/x-ndjson' --data-binary @-

# A CloudEvent, with its context in the body.
post notes -H 'Content-Type: application/cloudevents+json' -d '{
  "specversion": "1.0", "id": "door-1", "source": "/doors/front", "type": "door.opened",
  "data": {"text": "front door opened"}
}'

# The same again under one key is stored once: the second answer has the ids of the first.
post notes -H 'Idempotency-Key: backup-2030-12-31' -d 'backup done'
post notes -H 'Idempotency-Key: backup-2030-12-31' -d 'backup done'
