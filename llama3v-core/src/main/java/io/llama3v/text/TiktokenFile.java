package io.llama3v.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads tiktoken's text format: {@code base64(token) rank} on each line. */
final class TiktokenFile {
  /** Llama 3's file has 2.2 MB; this leaves room for vocabularies twenty times as large. */
  private static final long MAX_BYTES = 64L << 20;

  private TiktokenFile() {}

  /** Tokens by rank. */
  static List<byte[]> read(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new TokenizerFormatException(file, "no such file", "a tiktoken vocabulary", "check the path");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new TokenizerFormatException(file, Files.size(file) + " bytes", "at most " + MAX_BYTES + " bytes",
          "check that this is a tokenizer and not a weights file");
    }
    List<byte[]> tokens = new ArrayList<>();
    Map<String, Integer> seen = new HashMap<>();
    int number = 0;
    try (BufferedReader lines = Files.newBufferedReader(file, StandardCharsets.US_ASCII)) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        number++;
        if (line.isBlank()) {
          continue;
        }
        byte[] token = parse(file, number, line, tokens.size());
        Integer before = seen.putIfAbsent(new String(token, StandardCharsets.ISO_8859_1), number);
        if (before != null) {
          throw new TokenizerFormatException(file, number, "the token of line " + before + " again", "each token once",
              "remove one of the two lines and renumber, or fetch the file again");
        }
        tokens.add(token);
      }
    } catch (MalformedInputException e) {
      throw new TokenizerFormatException(file, number + 1, "bytes that are not ASCII", "lines of base64 and a rank",
          "Llama 2's tokenizer.model is a SentencePiece file; give its tokenizer.json instead");
    }
    for (int b = 0; b < 256; b++) {
      if (!seen.containsKey(String.valueOf((char) b))) {
        throw new TokenizerFormatException(file, "no token for byte " + b + " among " + tokens.size() + " tokens",
            "all 256 single bytes", "fetch the file again: it seems cut off");
      }
    }
    return tokens;
  }

  private static byte[] parse(Path file, int number, String line, int expectedRank) throws TokenizerFormatException {
    int space = line.indexOf(' ');
    if (space <= 0 || space == line.length() - 1) {
      throw new TokenizerFormatException(file, number, "'" + shortened(line) + "'", "a base64 token, a space and its rank",
          "fetch the file again, or give a tokenizer.json");
    }
    byte[] token;
    try {
      token = Base64.getDecoder().decode(line.substring(0, space));
    } catch (IllegalArgumentException e) {
      throw new TokenizerFormatException(file, number, "'" + shortened(line.substring(0, space)) + "' is not base64",
          "a token in base64", "fetch the file again");
    }
    String rank = line.substring(space + 1).strip();
    if (!rank.equals(Integer.toString(expectedRank))) {
      throw new TokenizerFormatException(file, number, "rank '" + shortened(rank) + "'", "rank " + expectedRank,
          "ranks count up from 0 without a gap; fetch the file again");
    }
    return token;
  }

  private static String shortened(String text) {
    return text.length() <= 40 ? text : text.substring(0, 40) + "…";
  }
}
