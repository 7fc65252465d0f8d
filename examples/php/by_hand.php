<?php
// A small real client of both services that writes its envelopes by hand and sends them with PHP's own HTTP streams.
//
//     soap-contracts run -- php examples/php/by_hand.php
//
// It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, ONGOING_ENDPOINT. Its
// exit code is 1 when a service answers a fault.
declare(strict_types=1);

const LUMINATE = 'urn:soap.convio.com';
const ONGOING = 'http://ongoingsystems.se/WSI';

/** An element with a child for each field, in the order given. Unescaped, one & in a password breaks it all. */
function element(string $namespace, string $name, array $fields): string
{
    $children = '';
    foreach ($fields as $field => $value) {
        $children .= "<$field>" . htmlspecialchars((string) $value, ENT_XML1) . "</$field>";
    }
    return "<$name xmlns=\"$namespace\">$children</$name>";
}

/** The answer's envelope; a fault, and an HTTP error without one, is an exception. */
function call(string $endpoint, string $action, string $body, string $header = ''): DOMDocument
{
    $envelope = '<?xml version="1.0" encoding="utf-8"?>'
        . '<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
        . "<soap:Header>$header</soap:Header><soap:Body>$body</soap:Body></soap:Envelope>";
    $stream = fopen($endpoint, 'r', false, stream_context_create(['http' => [
        'method' => 'POST',
        // The quotes are part of the value of a SOAPAction.
        'header' => ['Content-Type: text/xml; charset=utf-8', "SOAPAction: \"$action\""],
        'content' => $envelope,
        'timeout' => 30,
        // The envelope of a fault comes with status 500, and is wanted all the same.
        'ignore_errors' => true,
    ]]));
    $status = stream_get_meta_data($stream)['wrapper_data'][0];
    $content = stream_get_contents($stream);
    $answer = new DOMDocument();
    if ($content === '' || !$answer->loadXML($content, LIBXML_NONET | LIBXML_NOERROR | LIBXML_NOWARNING)) {
        throw new RuntimeException("the service answers $status and no envelope");
    }
    if ($answer->getElementsByTagNameNS('*', 'Fault')->length > 0) {
        throw new RuntimeException('the service answers a fault: ' . text($answer, 'faultstring'));
    }
    if (!preg_match('~^HTTP/\S+ 200\b~', $status)) {
        throw new RuntimeException("the service answers $status");
    }
    return $answer;
}

function text(DOMDocument $answer, string $name): string
{
    return $answer->getElementsByTagNameNS('*', $name)->item(0)?->textContent ?? '';
}

/** From the environment so that they are in no file; the stub takes any. */
function credentials(string $name): array
{
    return [
        'UserName' => getenv("{$name}_USER") ?: 'placeholder',
        'Password' => getenv("{$name}_PASSWORD") ?: 'placeholder',
    ];
}

function synchronize(string $endpoint): void
{
    $login = call($endpoint, '', element(LUMINATE, 'Login', credentials('LUMINATE')));
    $session = element(LUMINATE, 'Session', ['SessionId' => text($login, 'SessionId')]);
    call($endpoint, '', element(LUMINATE, 'StartSynchronization', ['PartitionId' => 123]), $session);
    $ended = call($endpoint, '', element(LUMINATE, 'EndSynchronization', ['PartitionId' => 123]), $session);
    [$sync, $partition] = [text($ended, 'SyncId'), text($ended, 'PartitionId')];
    echo "Luminate: synchronization $sync of partition $partition ended\n";
}

function remember(string $endpoint): void
{
    $caller = credentials('ONGOING') + ['GoodsOwnerId' => 42, 'IntegrationType' => 'example'];
    // In UTC, and saying so: Ongoing's page does not say in which zone it reads a time without an offset.
    $time = ['syncTime' => gmdate('Y-m-d\TH:i:s\Z')];
    call($endpoint, ONGOING . '/SetTimeOfLastSync', element(ONGOING, 'SetTimeOfLastSync', $caller + $time));
    $read = call($endpoint, ONGOING . '/GetTimeOfLastSync', element(ONGOING, 'GetTimeOfLastSync', $caller));
    echo 'Ongoing: last synchronization at ', text($read, 'GetTimeOfLastSyncResult'), "\n";
}

// PHP only warns of a connection that fails.
set_error_handler(static fn (int $level, string $message) => throw new ErrorException($message, severity: $level));
try {
    synchronize(getenv('LUMINATE_ENDPOINT'));
    remember(getenv('ONGOING_ENDPOINT'));
} catch (RuntimeException | ErrorException $error) {
    fwrite(STDERR, $error->getMessage() . "\n");
    exit(1);
}
