package io.llama3v.text;

import java.util.Locale;

/** Who speaks in a turn of a conversation. */
public enum Role {
  SYSTEM,
  USER,
  ASSISTANT;

  /** The name that stands in the turn's header, e.g. {@code user}. */
  public String header() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The role of that header.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public static Role of(String header) {
    for (Role role : values()) {
      if (role.header().equals(header)) {
        return role;
      }
    }
    throw new IllegalArgumentException("unknown role '" + header + "'; expected system, user or assistant");
  }
}
