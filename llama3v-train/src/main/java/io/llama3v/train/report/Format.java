package io.llama3v.train.report;

import java.util.Locale;

/** Numbers for people: few digits, an SI letter, English points. */
public final class Format {
  private Format() { }

  /** 1234567 as "1.2M", 0.000123 as "1.23e-04", 12 as "12", 3.14159 as "3.142". */
  static String number(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return String.valueOf(value);
    }
    double size = Math.abs(value);
    if (size >= 1e15 || size > 0 && size < 1e-2) {
      return String.format(Locale.ROOT, "%.2e", value);
    }
    if (size >= 1e4) {
      return si(value);
    }
    if (value == Math.rint(value)) {
      return String.valueOf((long) value);
    }
    return String.format(Locale.ROOT, size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : size >= 1 ? "%.3f" : "%.4f", value);
  }

  /** 8123 as "8.1k"; below 1,000 without a letter. */
  public static String si(double value) {
    String[] letters = {"", "k", "M", "G", "T", "P", "E", "Z", "Y"};
    int power = 0;
    double scaled = value;
    while (Math.abs(scaled) >= 999.5 && power < letters.length - 1) {
      scaled /= 1000;
      power++;
    }
    String digits = String.format(Locale.ROOT, Math.abs(scaled) >= 99.95 ? "%.0f" : "%.1f", scaled);
    return (digits.endsWith(".0") ? digits.substring(0, digits.length() - 2) : digits) + letters[power];
  }

  /** 3725 s as "1h02m", 185 s as "3m05s", 4.2 s as "4.2s", 90000 s as "1d01h". */
  public static String duration(double seconds) {
    if (!(seconds >= 0) || Double.isInfinite(seconds)) {
      return "?";
    }
    if (seconds < 9.95) {
      return String.format(Locale.ROOT, "%.1fs", seconds);
    }
    long s = Math.round(seconds);
    if (s < 60) {
      return s + "s";
    }
    if (s < 3600) {
      return String.format(Locale.ROOT, "%dm%02ds", s / 60, s % 60);
    }
    if (s < 86_400) {
      return String.format(Locale.ROOT, "%dh%02dm", s / 3600, s % 3600 / 60);
    }
    return String.format(Locale.ROOT, "%dd%02dh", s / 86_400, s % 86_400 / 3600);
  }

  /** Bytes in units of 1024: "2.1 GiB". */
  public static String bytes(long bytes) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double scaled = bytes;
    int unit = 0;
    while (scaled >= 1024 && unit < units.length - 1) {
      scaled /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 || scaled >= 100 ? "%.0f %s" : "%.1f %s", scaled, units[unit]);
  }
}
