package io.llama3v.text;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** SHA-256 digests in hexadecimal. */
final class Sha256 {
  private Sha256() {}

  static MessageDigest start() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform must provide SHA-256", e);
    }
  }

  static String hex(MessageDigest digest) {
    StringBuilder text = new StringBuilder(64);
    for (byte b : digest.digest()) {
      text.append(Character.forDigit(b >> 4 & 15, 16)).append(Character.forDigit(b & 15, 16));
    }
    return text.toString();
  }
}
