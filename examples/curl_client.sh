#!/bin/sh
# A small real client of both services: curl, sed, and envelopes written by hand.
#
#     soap-contracts run -- sh examples/curl_client.sh
#
# It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, ONGOING_ENDPOINT. Its
# exit code is 1 when a service answers a fault.
set -eu

luminate=urn:soap.convio.com
ongoing=http://ongoingsystems.se/WSI

# A value as XML wants it. Unescaped, one & in a password breaks the whole envelope.
escaped() {
    printf '%s\n' "$1" | sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g'
}

# The text of the element of this name in the XML on standard input, still escaped: so it can be sent on as it is.
text_of() {
    tr '\n' ' ' | sed -n "s/.*<\([A-Za-z0-9._-]*:\)\{0,1\}$1\( [^>]*\)\{0,1\}>\([^<]*\)<.*/\3/p"
}

# call ENDPOINT ACTION BODY [HEADER]: prints the answer; ends the program at a fault and any other HTTP error.
call() {
    # On standard input: what stands in a command line can be read by every user of the machine.
    answer=$(
        curl --silent --show-error --max-time 30 --write-out '\n%{http_code}' --data-binary @- \
            --header 'Content-Type: text/xml; charset=utf-8' --header "SOAPAction: \"$2\"" "$1" <<END
<?xml version="1.0" encoding="utf-8"?>
<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">
  <soap:Header>${4:-}</soap:Header>
  <soap:Body>$3</soap:Body>
</soap:Envelope>
END
    )
    fault=$(printf '%s\n' "$answer" | text_of faultstring)
    status=$(printf '%s\n' "$answer" | tail -n 1)
    if [ -n "$fault" ]; then
        printf 'the service answers a fault: %s\n' "$fault" >&2
        exit 1
    fi
    case $status$answer in
        200*Envelope*) ;;
        *) echo "the service answers HTTP $status and no envelope" >&2 && exit 1 ;;
    esac
    printf '%s\n' "$answer"
}

# From the environment so that they are in no file; the stub takes any.
credentials() {
    printf '<UserName>%s</UserName><Password>%s</Password>' "$(escaped "$1")" "$(escaped "$2")"
}

synchronize() {
    caller=$(credentials "${LUMINATE_USER:-placeholder}" "${LUMINATE_PASSWORD:-placeholder}")
    login=$(call "$LUMINATE_ENDPOINT" '' "<Login xmlns=\"$luminate\">$caller</Login>")
    id=$(printf '%s\n' "$login" | text_of SessionId)
    session="<Session xmlns=\"$luminate\"><SessionId>$id</SessionId></Session>"
    for operation in StartSynchronization EndSynchronization; do
        body="<$operation xmlns=\"$luminate\"><PartitionId>123</PartitionId></$operation>"
        ended=$(call "$LUMINATE_ENDPOINT" '' "$body" "$session")
    done
    sync=$(printf '%s\n' "$ended" | text_of SyncId)
    partition=$(printf '%s\n' "$ended" | text_of PartitionId)
    echo "Luminate: synchronization $sync of partition $partition ended"
}

remember() {
    caller="$(credentials "${ONGOING_USER:-placeholder}" "${ONGOING_PASSWORD:-placeholder}")
        <GoodsOwnerId>42</GoodsOwnerId><IntegrationType>example</IntegrationType>"
    # In UTC, and saying so: Ongoing's page does not say in which zone it reads a time without an offset.
    time="<syncTime>$(date -u +%Y-%m-%dT%H:%M:%SZ)</syncTime>"
    body="<SetTimeOfLastSync xmlns=\"$ongoing\">$caller$time</SetTimeOfLastSync>"
    call "$ONGOING_ENDPOINT" "$ongoing/SetTimeOfLastSync" "$body" >/dev/null
    body="<GetTimeOfLastSync xmlns=\"$ongoing\">$caller</GetTimeOfLastSync>"
    read=$(call "$ONGOING_ENDPOINT" "$ongoing/GetTimeOfLastSync" "$body")
    echo "Ongoing: last synchronization at $(printf '%s\n' "$read" | text_of GetTimeOfLastSyncResult)"
}

synchronize
remember
