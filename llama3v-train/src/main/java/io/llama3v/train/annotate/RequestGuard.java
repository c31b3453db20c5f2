package io.llama3v.train.annotate;

import io.javalin.http.Context;
import io.javalin.http.ForbiddenResponse;
import java.net.URI;
import java.security.MessageDigest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Set;

/**
 * Lets in what the page sends and nobody else's. Other sites cannot make a browser send answers: that takes a header which they may not
 * set, and their origin gives them away. They cannot pose as this server by a name of their own that leads here (DNS rebinding) as long
 * as it listens on this machine alone. Where it listens to others, who come in need a key.
 */
final class RequestGuard {
  /** Every request that changes something has it. */
  static final String HEADER = "X-Llama3v";
  private static final String COOKIE = "llama3v-key";
  private static final Set<String> LOCAL = Set.of("localhost", "127.0.0.1", "[::1]");
  private static final String POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
      + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private final String key;

  /** A guard; without a key only for a server on a loopback address. */
  RequestGuard(String key) {
    this.key = key;
  }

  /** Throws, or turns a key in the address into a cookie. */
  void check(Context context) {
    context.header("Content-Security-Policy", POLICY).header("X-Content-Type-Options", "nosniff").header("Referrer-Policy", "no-referrer")
        .header("X-Frame-Options", "DENY").header("Cross-Origin-Resource-Policy", "same-origin").header("Cache-Control", "no-store");
    String host = host(context.header("Host"));
    if (key == null && !LOCAL.contains(host)) throw new ForbiddenResponse("This page is for this machine; open it as http://127.0.0.1.");
    String site = context.header("Sec-Fetch-Site");
    boolean changes = !context.method().name().equals("GET") && !context.method().name().equals("HEAD");
    boolean foreign = site != null && !site.equals("same-origin") && !site.equals("none");
    if (foreign && context.path().startsWith("/api/")) throw new ForbiddenResponse("Another site sent this.");
    if (changes) {
      if (!"1".equals(context.header(HEADER))) throw new ForbiddenResponse("Requests that change something need the header " + HEADER + ".");
      String origin = context.header("Origin");
      if (origin != null && !authority(origin).equalsIgnoreCase(context.header("Host"))) throw new ForbiddenResponse("Another site sent this.");
    }
    if (key != null) admit(context);
  }

  private void admit(Context context) {
    if (same(context.cookie(COOKIE))) return;
    if (same(context.queryParam("key"))) {
      context.header("Set-Cookie", COOKIE + "=" + key + "; Path=/; HttpOnly; SameSite=Strict");
      return;
    }
    throw new ForbiddenResponse("Open the address that 'llama3v annotate' printed, with its key.");
  }

  private boolean same(String given) {
    return given != null && MessageDigest.isEqual(given.getBytes(StandardCharsets.UTF_8), key.getBytes(StandardCharsets.UTF_8));
  }

  private static String authority(String origin) {
    try {
      String authority = URI.create(origin).getRawAuthority();
      return authority == null ? "" : authority;
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  /** A host without its port. */
  private static String host(String authority) {
    if (authority == null) return "";
    int colon = authority.lastIndexOf(':');
    String host = colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
    return host.toLowerCase(Locale.ROOT);
  }
}
