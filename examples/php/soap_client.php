<?php
// A small real client of both services, made with PHP's SoapClient in WSDL mode.
//
//     soap-contracts run -- php examples/php/soap_client.php
//
// It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, LUMINATE_WSDL,
// ONGOING_ENDPOINT, ONGOING_WSDL. Its exit code is 1 when a service answers a fault.
declare(strict_types=1);

function connect(string $name): SoapClient
{
    return new SoapClient(getenv("{$name}_WSDL"), [
        'location' => getenv("{$name}_ENDPOINT"),
        'soap_version' => SOAP_1_1,
        // By default PHP keeps a WSDL for a day in a folder that all of its programs share.
        'cache_wsdl' => WSDL_CACHE_NONE,
    ]);
}

/** From the environment so that they are in no file; the stub takes any. */
function credentials(string $name): array
{
    return [
        'UserName' => getenv("{$name}_USER") ?: 'placeholder',
        'Password' => getenv("{$name}_PASSWORD") ?: 'placeholder',
    ];
}

function synchronize(): void
{
    $luminate = connect('LUMINATE');
    $login = $luminate->Login(credentials('LUMINATE'));
    $session = ['SessionId' => $login->Result->SessionId];
    $luminate->__setSoapHeaders(new SoapHeader('urn:soap.convio.com', 'Session', $session));
    $luminate->StartSynchronization(['PartitionId' => 123]);
    $ended = $luminate->EndSynchronization(['PartitionId' => 123])->Result;
    echo "Luminate: synchronization {$ended->SyncId} of partition {$ended->PartitionId} ended\n";
}

function remember(): void
{
    $ongoing = connect('ONGOING');
    $caller = credentials('ONGOING') + ['GoodsOwnerId' => 42, 'IntegrationType' => 'example'];
    // With its offset: Ongoing's page does not say in which zone it reads a time without one.
    $now = new DateTimeImmutable('now', new DateTimeZone('UTC'));
    $ongoing->SetTimeOfLastSync($caller + ['syncTime' => $now->format(DateTimeInterface::ATOM)]);
    $read = $ongoing->GetTimeOfLastSync($caller);
    echo "Ongoing: last synchronization at {$read->GetTimeOfLastSyncResult}\n";
}

try {
    synchronize();
    remember();
} catch (SoapFault $fault) {
    // SoapClient makes faults of its own too: the code HTTP stands for an answer that is no SOAP.
    fwrite(STDERR, "the service answers a fault: {$fault->faultcode}: {$fault->faultstring}\n");
    exit(1);
}
