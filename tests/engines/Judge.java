import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import javax.xml.XMLConstants;
import javax.xml.transform.stream.StreamSource;
import javax.xml.validation.Schema;
import javax.xml.validation.SchemaFactory;
import javax.xml.validation.Validator;
import org.xml.sax.SAXException;

/**
 * The JDK's Xerces as a judge. Prints the JDK's version, then reads lines "schema TAB document", both paths, and answers
 * a line each: "valid", or "invalid" and the reason.
 */
public class Judge {

    private static final Map<String, Schema> SCHEMAS = new HashMap<>();

    public static void main(String[] arguments) throws IOException {
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
        out.println(System.getProperty("java.version"));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] paths = line.split("\t");
            out.println(answer(paths[0], paths[1]));
        }
    }

    private static String answer(String schema, String document) {
        try {
            Validator validator = compiled(schema).newValidator();
            validator.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            validator.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "");
            validator.validate(new StreamSource(new File(document)));
            return "valid";
        } catch (SAXException | IOException error) {
            return "invalid " + String.valueOf(error.getMessage()).replaceAll("\\s+", " ");
        }
    }

    private static Schema compiled(String path) throws SAXException {
        Schema schema = SCHEMAS.get(path);
        if (schema == null) {
            SchemaFactory factory = SchemaFactory.newInstance(XMLConstants.W3C_XML_SCHEMA_NS_URI);
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_DTD, "");
            factory.setProperty(XMLConstants.ACCESS_EXTERNAL_SCHEMA, "file");
            schema = factory.newSchema(new File(path));
            SCHEMAS.put(path, schema);
        }
        return schema;
    }
}
