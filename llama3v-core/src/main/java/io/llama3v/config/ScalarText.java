package io.llama3v.config;

import java.math.BigDecimal;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Single values between text and Java types. An empty result means that the text is not of the type. */
final class ScalarText {
  private static final Pattern NUMBER =
      Pattern.compile("[-+]?(?:[0-9][0-9_]*(?:\\.[0-9_]*)?|\\.[0-9][0-9_]*)(?:[eE][-+]?[0-9]{1,5})?");
  private static final int LONGEST_NUMBER = 400;
  private static final Pattern DURATION_PART = Pattern.compile("\\G([0-9]{1,12})(ms|s|m|h|d)\\s*");

  private ScalarText() {}

  /** An integer within bounds: {@code 1000}, {@code 1_000} or {@code 1e3}. */
  static Optional<Long> integer(String text, long least, long most) {
    try {
      return number(text).map(BigDecimal::longValueExact).filter(value -> value >= least && value <= most);
    } catch (ArithmeticException fractionOrTooLarge) {
      return Optional.empty();
    }
  }

  /** A number: {@code 0.5}, {@code 2e-5}, {@code .inf} or {@code -.inf}; one past the range of double is not one. */
  static Optional<Double> real(String text) {
    switch (text.toLowerCase(Locale.ROOT)) {
      case ".inf", "+.inf" -> {
        return Optional.of(Double.POSITIVE_INFINITY);
      }
      case "-.inf" -> {
        return Optional.of(Double.NEGATIVE_INFINITY);
      }
      default -> {
        return number(text).map(BigDecimal::doubleValue).filter(Double::isFinite);
      }
    }
  }

  private static Optional<BigDecimal> number(String text) {
    return text.length() <= LONGEST_NUMBER && NUMBER.matcher(text).matches()
        ? Optional.of(new BigDecimal(text.replace("_", ""))) : Optional.empty();
  }

  static Optional<Boolean> truth(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  /** A constant of an enum, whatever its case and whether its words are joined by '-' or '_'. */
  static Optional<Object> constant(String text, Class<?> type) {
    return Arrays.stream(type.getEnumConstants())
        .filter(constant -> plain(((Enum<?>) constant).name()).equals(plain(text))).map(Object.class::cast).findFirst();
  }

  static List<String> constants(Class<?> type) {
    return Arrays.stream(type.getEnumConstants()).map(ScalarText::of).toList();
  }

  private static String plain(String name) {
    return name.replace('-', '_').toLowerCase(Locale.ROOT);
  }

  static Optional<Path> path(String text) {
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Path.of(text));
    } catch (InvalidPathException malformed) {
      return Optional.empty();
    }
  }

  /** {@code 90s}, {@code 1h30m}, {@code 250ms}, {@code 2d}, or ISO 8601 such as {@code PT90S}. */
  static Optional<Duration> duration(String text) {
    try {
      if (text.startsWith("P") || text.startsWith("p")) {
        return Optional.of(Duration.parse(text));
      }
      Duration sum = Duration.ZERO;
      Matcher part = DURATION_PART.matcher(text);
      int end = 0;
      while (part.find()) {
        long count = Long.parseLong(part.group(1));
        sum = sum.plus(switch (part.group(2)) {
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          case "h" -> Duration.ofHours(count);
          default -> Duration.ofDays(count);
        });
        end = part.end();
      }
      return end == text.length() && end > 0 ? Optional.of(sum) : Optional.empty();
    } catch (DateTimeParseException | ArithmeticException malformed) {
      return Optional.empty();
    }
  }

  /** The text from which the value is read back. */
  static String of(Object value) {
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT);
    }
    return value instanceof Duration duration ? text(duration) : value.toString();
  }

  private static String text(Duration duration) {
    if (duration.isNegative() || duration.toNanosPart() % 1_000_000 != 0) {
      return duration.toString();
    }
    List<String> parts = new ArrayList<>();
    add(parts, duration.toDaysPart(), "d");
    add(parts, duration.toHoursPart(), "h");
    add(parts, duration.toMinutesPart(), "m");
    add(parts, duration.toSecondsPart(), "s");
    add(parts, duration.toMillisPart(), "ms");
    return parts.isEmpty() ? "0s" : String.join("", parts);
  }

  private static void add(List<String> parts, long count, String unit) {
    if (count != 0) {
      parts.add(count + unit);
    }
  }
}
