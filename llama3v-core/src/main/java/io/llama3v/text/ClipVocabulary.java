package io.llama3v.text;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.llama3v.io.Digests;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Ids and merges of CLIP's vocabulary. */
final class ClipVocabulary {
  static final String WORD_END = "</w>";
  /** OpenAI's file lists 262,144 merges, of which CLIP uses the first this many. */
  private static final int MAX_MERGES = 49152 - 256 - 2;
  private static final long MAX_BYTES = 64L << 20;
  private static final int MAX_LINE = 1024;

  private final Map<String, Integer> ids;
  private final Map<Integer, String> tokens = new HashMap<>();
  private final MergeTable merges;
  private final int[] byteIds = new int[512];
  private final int size;
  private final String fingerprint;

  private ClipVocabulary(Map<String, Integer> ids, MergeTable merges, String fingerprint) {
    this.ids = ids;
    this.merges = merges;
    this.fingerprint = fingerprint;
    int last = 0;
    for (Map.Entry<String, Integer> entry : ids.entrySet()) {
      tokens.put(entry.getValue(), entry.getKey());
      last = Math.max(last, entry.getValue());
    }
    this.size = last + 1;
    for (int b = 0; b < 256; b++) {
      byteIds[b] = ids.get(String.valueOf(ByteAlphabet.charOf(b)));
      byteIds[256 + b] = ids.get(ByteAlphabet.charOf(b) + WORD_END);
    }
  }

  static ClipVocabulary load(Path path) throws IOException {
    boolean folder = Files.isDirectory(path);
    Path mergesFile = folder ? path.resolve("merges.txt") : path;
    List<String[]> pairs = readMerges(mergesFile);
    Path idsFile = folder ? path.resolve("vocab.json") : null;
    Map<String, Integer> ids = idsFile != null && Files.isRegularFile(idsFile) ? readIds(idsFile) : implied(pairs);
    MergeTable merges = new MergeTable(pairs.size());
    MessageDigest sha = Digests.sha256();
    for (int rank = 0; rank < pairs.size(); rank++) {
      String[] pair = pairs.get(rank);
      merges.put(id(ids, pair[0], mergesFile, pair[2]), id(ids, pair[1], mergesFile, pair[2]), rank,
          id(ids, pair[0] + pair[1], mergesFile, pair[2]));
      sha.update((pair[0] + ' ' + pair[1] + '\n').getBytes(StandardCharsets.UTF_8));
    }
    for (int b = 0; b < 256; b++) {
      id(ids, String.valueOf(ByteAlphabet.charOf(b)), mergesFile, "");
      id(ids, ByteAlphabet.charOf(b) + WORD_END, mergesFile, "");
    }
    id(ids, ClipTokenizer.START_OF_TEXT, mergesFile, "");
    id(ids, ClipTokenizer.END_OF_TEXT, mergesFile, "");
    ids.entrySet().stream().sorted(Map.Entry.comparingByValue())
        .forEach(entry -> sha.update((entry.getKey() + '=' + entry.getValue() + '\n').getBytes(StandardCharsets.UTF_8)));
    return new ClipVocabulary(ids, merges, Digests.hex(sha));
  }

  int byteId(int b, boolean wordEnd) {
    return byteIds[wordEnd ? 256 + b : b];
  }

  String token(int id) {
    return tokens.get(id);
  }

  MergeTable merges() {
    return merges;
  }

  int start() {
    return ids.get(ClipTokenizer.START_OF_TEXT);
  }

  int end() {
    return ids.get(ClipTokenizer.END_OF_TEXT);
  }

  int size() {
    return size;
  }

  String fingerprint() {
    return fingerprint;
  }

  /** The ids that follow from the merges alone. */
  private static Map<String, Integer> implied(List<String[]> pairs) {
    Map<String, Integer> ids = new HashMap<>();
    for (int i = 0; i < 256; i++) {
      ids.put(String.valueOf(ByteAlphabet.charOf(ByteAlphabet.byteAt(i))), i);
      ids.put(ByteAlphabet.charOf(ByteAlphabet.byteAt(i)) + WORD_END, 256 + i);
    }
    int next = 512;
    for (String[] pair : pairs) {
      ids.put(pair[0] + pair[1], next++);
    }
    ids.put(ClipTokenizer.START_OF_TEXT, next);
    ids.put(ClipTokenizer.END_OF_TEXT, next + 1);
    return ids;
  }

  private static int id(Map<String, Integer> ids, String token, Path file, String line) throws TokenizerFormatException {
    Integer id = ids.get(token);
    if (id == null) {
      throw new TokenizerFormatException(file, line.isEmpty() ? 1 : Integer.parseInt(line), "'" + token + "' has no id",
          "bytes, earlier merges and what vocab.json lists", "take merges.txt and vocab.json from the same checkpoint");
    }
    return id;
  }

  /** Left, right and line number of each merge. */
  private static List<String[]> readMerges(Path file) throws IOException {
    checkSize(file, "CLIP's merges");
    List<String[]> pairs = new ArrayList<>();
    boolean packed = file.toString().endsWith(".gz");
    try (InputStream raw = Files.newInputStream(file);
        InputStream in = packed ? new GZIPInputStream(raw) : raw;
        BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      StringBuilder line = new StringBuilder();
      for (int number = 1; pairs.size() < MAX_MERGES && readLine(lines, line, file, number); number++) {
        String text = line.toString().strip();
        if (text.isEmpty() || number == 1 && text.contains("#version")) {
          continue;
        }
        String[] pair = text.split(" ");
        if (pair.length != 2) {
          throw new TokenizerFormatException(file, number, "'" + text + "'", "two symbols with a space between them",
              "fetch the file again, or give the folder with vocab.json and merges.txt");
        }
        pairs.add(new String[] {pair[0], pair[1], Integer.toString(number)});
      }
    }
    return pairs;
  }

  /** Reads at most {@link #MAX_LINE} chars, so that a packed file cannot unfold into one enormous line. */
  private static boolean readLine(BufferedReader in, StringBuilder line, Path file, int number) throws IOException {
    line.setLength(0);
    int c = in.read();
    boolean any = c >= 0;
    for (; c >= 0 && c != '\n'; c = in.read()) {
      if (line.length() == MAX_LINE) {
        throw new TokenizerFormatException(file, number, "a line of more than " + MAX_LINE + " characters", "one merge a line",
            "check that this is CLIP's merges file");
      }
      line.append((char) c);
    }
    return any;
  }

  private static Map<String, Integer> readIds(Path file) throws IOException {
    checkSize(file, "CLIP's vocabulary");
    JsonNode root;
    try (InputStream in = Files.newInputStream(file)) {
      root = new ObjectMapper().readTree(in);
    } catch (JsonProcessingException e) {
      throw new TokenizerFormatException(file, e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
          "not JSON: " + e.getOriginalMessage(), "an object of token and id", "fetch the file again");
    }
    Map<String, Integer> ids = new HashMap<>();
    for (Map.Entry<String, JsonNode> entry : root.properties()) {
      if (!entry.getValue().isInt() || entry.getValue().intValue() < 0) {
        throw new TokenizerFormatException(file, "token \"" + entry.getKey() + "\" has the id " + entry.getValue(),
            "a whole number", "fetch the file again");
      }
      ids.put(entry.getKey(), entry.getValue().intValue());
    }
    return ids;
  }

  private static void checkSize(Path file, String what) throws IOException {
    if (!Files.isRegularFile(file)) {
      throw new TokenizerFormatException(file, "no such file", what, "check the path");
    }
    if (Files.size(file) > MAX_BYTES) {
      throw new TokenizerFormatException(file, Files.size(file) + " bytes", "at most " + MAX_BYTES + " bytes",
          "check that this is " + what);
    }
  }
}
