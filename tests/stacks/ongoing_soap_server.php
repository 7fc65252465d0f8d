<?php
// Ongoing's operations on PHP's SoapServer: WSDL=FILE STATE=FILE php -S 127.0.0.1:PORT ongoing_soap_server.php
// STATE.log gets a line for each call; STATE holds the time that was set.

class Ongoing
{
    public function GetTimeOfLastSync($asked)
    {
        $this->log("GetTimeOfLastSync");
        $state = getenv("STATE");
        $time = file_exists($state) ? file_get_contents($state) : "2024-05-01T12:00:00+02:00";
        return ["GetTimeOfLastSyncResult" => $time];
    }

    public function SetTimeOfLastSync($asked)
    {
        $this->log("SetTimeOfLastSync " . $asked->IntegrationType);
        // Another zone than it came in: what is read back is the same instant in other characters.
        $time = (new DateTime($asked->syncTime))->setTimezone(new DateTimeZone("+02:00"));
        file_put_contents(getenv("STATE"), $time->format("c"));
        return [];
    }

    private function log($line)
    {
        file_put_contents(getenv("STATE") . ".log", "$line\n", FILE_APPEND);
    }
}

$server = new SoapServer(getenv("WSDL"), ["cache_wsdl" => WSDL_CACHE_NONE]);
$server->setClass("Ongoing");
$server->handle();
