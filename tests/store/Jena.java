import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import org.apache.jena.query.Dataset;
import org.apache.jena.query.DatasetFactory;
import org.apache.jena.query.Query;
import org.apache.jena.query.QueryCancelledException;
import org.apache.jena.query.QueryExecution;
import org.apache.jena.query.QueryFactory;
import org.apache.jena.query.QueryParseException;
import org.apache.jena.query.ResultSetFormatter;
import org.apache.jena.riot.Lang;
import org.apache.jena.riot.RDFDataMgr;
import org.apache.jena.system.Txn;
import org.apache.jena.update.UpdateExecutionFactory;
import org.apache.jena.update.UpdateFactory;
import org.apache.jena.update.UpdateRequest;

/**
 * Jena's query engine in memory, behind as much of the SPARQL 1.1 Protocol as the tests need: Debian packages Jena without its server.
 *
 * Arguments: the port, on loopback; the seconds that a query may take; N-Quads
 * files to begin with.
 */
public class Jena {
    private static final String RESULTS = "application/sparql-results+json";
    private static final String TRIPLES = "application/n-triples";
    private static Dataset data;
    private static long seconds;

    public static void main(String[] arguments) throws IOException {
        // Without this, each answer over a connection that is kept waits for the acknowledgement of the one before.
        System.setProperty("sun.net.httpserver.nodelay", "true");
        seconds = Long.parseLong(arguments[1]);
        data = DatasetFactory.createTxnMem();
        for (int i = 2; i < arguments.length; i++) {
            String file = arguments[i];
            Txn.executeWrite(data, () -> RDFDataMgr.read(data, file, Lang.NQUADS));
        }
        HttpServer server = HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(arguments[0])), 0);
        server.createContext("/sparql", Jena::answer);
        server.setExecutor(Executors.newCachedThreadPool());
        server.start();
    }

    private static void answer(HttpExchange exchange) throws IOException {
        try {
            Map<String, String> fields = fields(exchange);
            if (fields.containsKey("query")) {
                query(exchange, fields.get("query"));
            } else if (fields.containsKey("update")) {
                UpdateRequest request = UpdateFactory.create(fields.get("update"));
                Txn.executeWrite(data, () -> UpdateExecutionFactory.create(request, data).execute());
                send(exchange, 204, TRIPLES, new byte[0]);
            } else {
                say(exchange, 400, "give a query or an update, and nothing else");
            }
        } catch (QueryParseException error) {
            say(exchange, 400, error.getMessage());
        } catch (QueryCancelledException error) {
            say(exchange, 503, "the time is over");
        } catch (RuntimeException error) {
            say(exchange, 500, String.valueOf(error));
        } finally {
            exchange.close();
        }
    }

    private static void query(HttpExchange exchange, String text) throws IOException {
        Query query = QueryFactory.create(text);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Txn.executeRead(data, () -> {
            try (QueryExecution execution = QueryExecution.dataset(data).query(query).timeout(seconds, TimeUnit.SECONDS).build()) {
                if (query.isAskType()) {
                    ResultSetFormatter.outputAsJSON(out, execution.execAsk());
                } else if (query.isSelectType()) {
                    ResultSetFormatter.outputAsJSON(out, execution.execSelect());
                } else {
                    RDFDataMgr.write(out, query.isDescribeType() ? execution.execDescribe() : execution.execConstruct(), Lang.NTRIPLES);
                }
            }
        });
        send(exchange, 200, query.isAskType() || query.isSelectType() ? RESULTS : TRIPLES, out.toByteArray());
    }

    /** The fields of the form, or of the address; fields that name graphs are not known here. */
    private static Map<String, String> fields(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String form = body.isEmpty() ? exchange.getRequestURI().getRawQuery() : body;
        Map<String, String> fields = new HashMap<>();
        for (String field : form == null ? new String[0] : form.split("&")) {
            String[] parts = field.split("=", 2);
            fields.put(parts[0], parts.length == 1 ? "" : URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        if (fields.keySet().stream().anyMatch(name -> name.endsWith("-graph-uri"))) {
            return Map.of();
        }
        return fields;
    }

    private static void say(HttpExchange exchange, int status, String text) throws IOException {
        send(exchange, status, "text/plain; charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(HttpExchange exchange, int status, String type, byte[] content) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, content.length == 0 ? -1 : content.length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(content);
        }
    }
}
