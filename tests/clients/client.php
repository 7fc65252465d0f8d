<?php
// Calls every operation of one service with PHP's SoapClient: php client.php luminate|ongoing WSDL
declare(strict_types=1);

[, $service, $wsdl] = $argv;
$client = new SoapClient($wsdl, ['cache_wsdl' => WSDL_CACHE_NONE, 'soap_version' => SOAP_1_1]);

if ($service === 'luminate') {
    $login = $client->Login(['UserName' => 'placeholder', 'Password' => 'placeholder']);
    $session = ['SessionId' => $login->Result->SessionId];
    $client->__setSoapHeaders(new SoapHeader('urn:soap.convio.com', 'Session', $session));
    $window = ['Start' => '2024-05-01T12:00:00Z', 'End' => '2024-05-02T12:00:00Z'];
    $client->StartSynchronization(['PartitionId' => 123, 'Force' => false] + $window);
    echo $client->EndSynchronization(['PartitionId' => 123])->Result->PartitionId, "\n";
} else {
    $caller = [
        'UserName' => 'placeholder',
        'Password' => 'placeholder',
        'GoodsOwnerId' => 42,
        'IntegrationType' => 'example',
    ];
    $time = new DateTimeImmutable('2024-05-01 12:00:00', new DateTimeZone('UTC'));
    $client->SetTimeOfLastSync($caller + ['syncTime' => $time->format(DateTimeInterface::ATOM)]);
    echo $client->GetTimeOfLastSync($caller)->GetTimeOfLastSyncResult, "\n";
}
