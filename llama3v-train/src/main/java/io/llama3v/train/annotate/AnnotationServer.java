package io.llama3v.train.annotate;

import io.javalin.Javalin;
import io.javalin.http.HttpResponseException;
import io.javalin.util.JavalinBindException;
import java.io.IOException;
import java.net.InetAddress;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the page of an {@link Annotation}. Listens on this machine alone unless told otherwise; others then need the key in {@link #address}. */
public final class AnnotationServer implements AutoCloseable {
  /** Most bytes of a request. */
  static final int REQUEST = 128 << 10;
  private static final Logger LOG = LoggerFactory.getLogger(AnnotationServer.class);
  private final Javalin javalin;
  private final String host;
  private final String key;

  private AnnotationServer(Javalin javalin, String host, String key) {
    this.javalin = javalin;
    this.host = host;
    this.key = key;
  }

  /**
   * Starts serving.
   *
   * @param host name or number of the interface to listen on
   * @param port 0 for any that is free
   * @throws IOException if the port is taken or the host is not this machine's
   */
  public static AnnotationServer start(Annotation annotation, String host, int port) throws IOException {
    byte[] random = new byte[12];
    new SecureRandom().nextBytes(random);
    String key = InetAddress.getByName(host).isLoopbackAddress() ? null : HexFormat.of().formatHex(random);
    RequestGuard guard = new RequestGuard(key);
    AnnotationApi api = new AnnotationApi(annotation);
    Javalin javalin = Javalin.create(config -> {
      config.startup.showJavalinBanner = false;
      config.http.maxRequestSize = REQUEST;
      config.jetty.modifyHttpConfiguration(http -> http.setSendServerVersion(false));
      config.routes.before(guard::check);
      PageFiles.register(config.routes);
      api.register(config.routes);
      config.routes.exception(HttpResponseException.class, (e, context) -> AnnotationApi.error(context, e.getStatus(), e.getMessage()));
      config.routes.exception(IllegalArgumentException.class, (e, context) -> AnnotationApi.error(context, 400, e.getMessage()));
      config.routes.exception(Exception.class, (e, context) -> {
        LOG.error("{} {} failed", context.method(), context.path(), e);
        AnnotationApi.error(context, 500, "The server failed: " + e.getMessage());
      });
      config.routes.error(404, context -> AnnotationApi.error(context, 404, "There is nothing at this address."));
    });
    try {
      javalin.start(host, port);
    } catch (JavalinBindException e) {
      throw new IOException("cannot listen on " + host + ":" + port + ": " + cause(e) + ". Choose another with --port, or --port 0 for any that is free", e);
    }
    return new AnnotationServer(javalin, host, key);
  }

  private static String cause(Throwable e) {
    Throwable deepest = e;
    while (deepest.getCause() != null) deepest = deepest.getCause();
    return deepest.getMessage();
  }

  /** Where the page is. */
  public String address() {
    return "http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + javalin.port() + "/" + (key == null ? "" : "?key=" + key);
  }

  @Override
  public void close() {
    javalin.stop();
  }
}
