// A small real client of both services: java.net.http, and javax.xml for the envelopes. JDK 11 or later.
//
//     soap-contracts run -- java examples/java/HttpClientExample.java
//
// It finds the services in its environment, as `soap-contracts run` sets it: LUMINATE_ENDPOINT, ONGOING_ENDPOINT. Its
// exit code is 1 when a service answers a fault.

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.stream.XMLOutputFactory;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamWriter;
import org.w3c.dom.Document;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

public final class HttpClientExample {
    private static final String SOAP = "http://schemas.xmlsoap.org/soap/envelope/";
    private static final String LUMINATE = "urn:soap.convio.com";
    private static final String ONGOING = "http://ongoingsystems.se/WSI";
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    public static void main(String[] arguments) throws Exception {
        try {
            synchronize(URI.create(System.getenv("LUMINATE_ENDPOINT")));
            remember(URI.create(System.getenv("ONGOING_ENDPOINT")));
        } catch (IOException | SAXException error) {
            System.err.println(Objects.requireNonNullElse(error.getMessage(), error.toString()));
            System.exit(1);
        }
    }

    private static void synchronize(URI endpoint) throws Exception {
        String[] login = {"Login", "UserName", setting("LUMINATE_USER"), "Password", setting("LUMINATE_PASSWORD")};
        String session = text(call(endpoint, "", envelope(LUMINATE, null, login)), "SessionId");
        call(endpoint, "", envelope(LUMINATE, session, "StartSynchronization", "PartitionId", "123"));
        Document ended = call(endpoint, "", envelope(LUMINATE, session, "EndSynchronization", "PartitionId", "123"));
        System.out.printf("Luminate: synchronization %s of partition %s ended%n",
                text(ended, "SyncId"), text(ended, "PartitionId"));
    }

    private static void remember(URI endpoint) throws Exception {
        String user = setting("ONGOING_USER");
        String password = setting("ONGOING_PASSWORD");
        // In UTC, with a Z: Ongoing's page does not say in which zone it reads a time without one.
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        call(endpoint, ONGOING + "/SetTimeOfLastSync", envelope(ONGOING, null, "SetTimeOfLastSync",
                "UserName", user, "Password", password, "GoodsOwnerId", "42", "IntegrationType", "example",
                "syncTime", now));
        Document read = call(endpoint, ONGOING + "/GetTimeOfLastSync", envelope(ONGOING, null, "GetTimeOfLastSync",
                "UserName", user, "Password", password, "GoodsOwnerId", "42", "IntegrationType", "example"));
        System.out.println("Ongoing: last synchronization at " + text(read, "GetTimeOfLastSyncResult"));
    }

    /** From the environment so that it is in no file; the stub takes any. */
    private static String setting(String name) {
        return System.getenv().getOrDefault(name, "placeholder");
    }

    /** The payload is an element's name and then the names and values of its children, in order. */
    private static byte[] envelope(String namespace, String session, String... payload) throws XMLStreamException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        XMLStreamWriter xml = XMLOutputFactory.newInstance().createXMLStreamWriter(bytes, "UTF-8");
        xml.writeStartDocument("UTF-8", "1.0");
        xml.writeStartElement("soap", "Envelope", SOAP);
        xml.writeNamespace("soap", SOAP);
        if (session != null) {
            xml.writeStartElement("soap", "Header", SOAP);
            write(xml, namespace, "Session", "SessionId", session);
            xml.writeEndElement();
        }
        xml.writeStartElement("soap", "Body", SOAP);
        write(xml, namespace, payload);
        xml.writeEndDocument();
        xml.close();
        return bytes.toByteArray();
    }

    private static void write(XMLStreamWriter xml, String namespace, String... payload) throws XMLStreamException {
        xml.writeStartElement("", payload[0], namespace);
        xml.writeDefaultNamespace(namespace);
        for (int i = 1; i < payload.length; i += 2) {
            xml.writeStartElement("", payload[i], namespace);
            // Unlike a concatenated string this escapes: a & in a password does not break the envelope.
            xml.writeCharacters(payload[i + 1]);
            xml.writeEndElement();
        }
        xml.writeEndElement();
    }

    private static Document call(URI endpoint, String action, byte[] envelope) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(endpoint)
                .timeout(Duration.ofSeconds(30))
                .header("Content-Type", "text/xml; charset=utf-8")
                // The quotes are part of the value.
                .header("SOAPAction", '"' + action + '"')
                .POST(HttpRequest.BodyPublishers.ofByteArray(envelope))
                .build();
        HttpResponse<byte[]> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        if (!answer.headers().firstValue("Content-Type").orElse("").contains("xml")) {
            throw new IOException("the service answers HTTP " + answer.statusCode() + " and no envelope");
        }
        DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
        factory.setNamespaceAware(true);
        factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        Document document = factory.newDocumentBuilder().parse(new ByteArrayInputStream(answer.body()));
        if (document.getElementsByTagNameNS(SOAP, "Fault").getLength() > 0) {
            throw new IOException("the service answers a fault: " + text(document, "faultstring"));
        }
        if (answer.statusCode() != 200) {
            throw new IOException("the service answers HTTP " + answer.statusCode());
        }
        return document;
    }

    private static String text(Document document, String name) {
        Node node = document.getElementsByTagNameNS("*", name).item(0);
        return node == null ? "" : node.getTextContent();
    }
}
