<?php
// What PHP's SoapClient makes of each condition: in WSDL mode, with its defaults and a timeout. The plan is as in
// steps.py.
declare(strict_types=1);

const SECONDS = '5';
const CALLER = ['UserName' => 'placeholder', 'Password' => 'placeholder', 'GoodsOwnerId' => 42, 'IntegrationType' => 'example'];
ini_set('default_socket_timeout', SECONDS);

function connect(string $name): SoapClient
{
    return new SoapClient(getenv("{$name}_WSDL"), ['soap_version' => SOAP_1_1, 'cache_wsdl' => WSDL_CACHE_NONE]);
}

function ask(string $act, object $fields): void
{
    $token = getenv('SOAP_CONTRACTS_CONTROL_TOKEN');
    $body = json_encode($fields);
    $options = ['method' => 'POST', 'header' => "Authorization: Bearer $token\r\nContent-Type: application/json", 'content' => $body];
    if (file_get_contents(getenv('SOAP_CONTRACTS_CONTROL') . "/$act", false, stream_context_create(['http' => $options])) === false) {
        exit(1);
    }
}

function finish(SoapClient $client): array
{
    $ended = $client->EndSynchronization(['PartitionId' => 123])->Result;
    return ['PartitionId' => $ended->PartitionId, 'Start' => $ended->Start, 'End' => $ended->End, 'SyncId' => $ended->SyncId];
}

function read(SoapClient $client): array
{
    return ['GetTimeOfLastSyncResult' => $client->GetTimeOfLastSync(CALLER)->GetTimeOfLastSyncResult];
}

// A property that is not there is a warning and null, as in any program that does not make errors of them.
error_reporting(E_ERROR);
$luminate = connect('LUMINATE');
$luminate->__setSoapHeaders(new SoapHeader('urn:soap.convio.com', 'Session', ['SessionId' => 'placeholder']));
$ongoing = connect('ONGOING');
foreach (json_decode($argv[1]) as $number => $step) {
    foreach ($step->asks as [$act, $fields]) {
        ask($act, $fields);
    }
    $ours = $step->service === 'luminate';
    $client = $ours ? $luminate : $ongoing;
    $client->__setLocation(getenv($ours ? 'LUMINATE_ENDPOINT' : 'ONGOING_ENDPOINT') . "/$number");
    try {
        $values = $ours ? finish($client) : read($client);
        $told = ['values' => array_map(fn ($value) => $value === null ? null : (is_scalar($value) ? (string) $value : json_encode($value)), $values)];
    } catch (SoapFault $fault) {
        $told = ['raises' => "SoapFault {$fault->faultcode}"];
    } catch (Throwable $error) {
        $told = ['raises' => get_class($error)];
    }
    echo json_encode($told), "\n";
}
