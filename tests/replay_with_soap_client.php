<?php
// Sends exchanges with PHP's SoapClient: a line of JSON each on standard input, a line of what PHP made of it on
// standard output. A valid call goes through the method of the WSDL; any other through __doRequest, as it stands; and one
// of another media type through PHP's HTTP, because SoapClient has but one.
declare(strict_types=1);

function answer(array $call): array
{
    if (isset($call['arguments'])) {
        return called($call);
    }
    if (isset($call['contentType'])) {
        $header = "Content-Type: {$call['contentType']}\r\nSOAPAction: {$call['action']}";
        $http = ['method' => 'POST', 'content' => $call['body'], 'header' => $header, 'ignore_errors' => true];
        $body = file_get_contents($call['endpoint'], false, stream_context_create(['http' => $http]));
        return ['status' => (int) explode(' ', $http_response_header[0])[1], 'body' => $body];
    }
    $client = new SoapClient(null, ['location' => $call['endpoint'], 'uri' => 'urn:none', 'trace' => true, 'exceptions' => false]);
    $body = $client->__doRequest($call['body'], $call['endpoint'], trim($call['action'], '"'), SOAP_1_1);
    return ['status' => status($client), 'body' => $body ?? ''];
}

function called(array $call): array
{
    $client = new SoapClient($call['wsdl'], [
        'location' => $call['endpoint'],
        'soap_version' => SOAP_1_1,
        'trace' => true,
        'cache_wsdl' => WSDL_CACHE_NONE,
    ]);
    if ($call['session']) {
        $client->__setSoapHeaders(new SoapHeader('urn:soap.convio.com', 'Session', ['SessionId' => 'another-session']));
    }
    try {
        $client->__soapCall($call['operation'], [$call['arguments']]);
        $fault = null;
    } catch (SoapFault $caught) {
        $fault = $caught->getMessage();
    }
    return ['status' => status($client), 'body' => $client->__getLastResponse(), 'fault' => $fault];
}

function status(SoapClient $client): int
{
    preg_match('#^HTTP/\S+ (\d+)#', (string) $client->__getLastResponseHeaders(), $found);
    return (int) ($found[1] ?? 0);
}

while (($line = fgets(STDIN)) !== false) {
    echo json_encode(answer(json_decode($line, true)), JSON_THROW_ON_ERROR), "\n";
}
