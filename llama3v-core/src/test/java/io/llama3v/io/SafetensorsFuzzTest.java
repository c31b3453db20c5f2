package io.llama3v.io;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Damaged files must give a {@link SafetensorsException} or, where the damage is to a value or a name, read as usual. */
class SafetensorsFuzzTest {
  private static final String[] TOKENS = {"{", "}", "[", "]", ",", ":", "\"", "0", "-1", "1e9", "0.5", "null", "true",
    "281474976710655", "99999999999999999999", "\\u0000", "\\ud800", "\"dtype\"", "\"__metadata__\"", "F4", "\0", " "};

  @TempDir
  Path folder;
  private byte[] original;

  @BeforeEach
  void write() throws IOException {
    Path file = folder.resolve("original.safetensors");
    SafetensorsWriter.write(file, List.of(
        Entry.ofFloats("model.norm.weight", SafetensorsType.F32, new long[] {5}, new float[] {1, 2, 3, 4, 5}),
        Entry.ofFloats("lm_head.weight", SafetensorsType.BF16, new long[] {2, 3}, new float[] {1, 2, 3, 4, 5, 6}),
        Entry.ofLongs("ids", SafetensorsType.I64, new long[] {0}, new long[] {}),
        Entry.ofLongs("mask", SafetensorsType.BOOL, new long[] {2}, new long[] {0, 1})));
    original = Files.readAllBytes(file);
  }

  @Test
  void mutantsAreReadOrRefused() throws IOException {
    int refused = 0;
    int mutants = 2_000;
    for (int seed = 0; seed < mutants; seed++) {
      SplittableRandom random = new SplittableRandom(seed);
      byte[] mutant = original;
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        mutant = mutate(mutant, random);
      }
      if (!opens(mutant, seed)) {
        refused++;
      }
    }
    assertTrue(refused > mutants / 2 && refused < mutants, "refused " + refused + " of " + mutants);
  }

  @Test
  void everyTruncationIsRefused() throws IOException {
    for (int length = 0; length < original.length; length++) {
      assertTrue(!opens(Arrays.copyOf(original, length), length), "cut to " + length + " bytes");
    }
  }

  private boolean opens(byte[] bytes, int seed) throws IOException {
    Path path = Files.write(folder.resolve("mutant.safetensors"), bytes);
    try (SafetensorsFile file = SafetensorsFile.open(path, 256)) {
      for (String name : file.names()) {
        TensorInfo info = file.info(name);
        file.readBytes(name, 0, ByteBuffer.allocate((int) info.bytes()));
        if (info.dtype().isFloat()) {
          file.readFloats(name);
        }
      }
      return true;
    } catch (SafetensorsException expected) {
      return false;
    } catch (RuntimeException | IOException | Error other) {
      throw new AssertionError("mutant of seed " + seed + ": " + new String(bytes, StandardCharsets.ISO_8859_1), other);
    }
  }

  private static byte[] mutate(byte[] bytes, SplittableRandom random) {
    int headerEnd = Math.min(bytes.length, 300);
    int at = random.nextInt(headerEnd + 1);
    return switch (random.nextInt(7)) {
      case 0 -> { // flip a bit
        byte[] copy = bytes.clone();
        if (copy.length > 0) {
          copy[Math.min(at, copy.length - 1)] ^= (byte) (1 << random.nextInt(8));
        }
        yield copy;
      }
      case 1 -> splice(bytes, at, Math.min(bytes.length, at + random.nextInt(8)), new byte[0]);
      case 2 -> splice(bytes, at, at, TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.ISO_8859_1));
      case 3 -> { // replace, keeping the length that the header claims
        byte[] token = TOKENS[random.nextInt(TOKENS.length)].getBytes(StandardCharsets.ISO_8859_1);
        yield splice(bytes, at, Math.min(bytes.length, at + token.length), token);
      }
      case 4 -> { // another header length
        byte[] copy = Arrays.copyOf(bytes, Math.max(8, bytes.length));
        copy[random.nextInt(8)] = (byte) random.nextInt(256);
        yield copy;
      }
      case 5 -> { // another digit
        byte[] copy = bytes.clone();
        for (int i = at; i < headerEnd; i++) {
          if (copy[i] >= '0' && copy[i] <= '9') {
            copy[i] = (byte) ('0' + random.nextInt(10));
            break;
          }
        }
        yield copy;
      }
      default -> Arrays.copyOf(bytes, bytes.length + random.nextInt(9) - 4 < 0 ? 0 : bytes.length + random.nextInt(5));
    };
  }

  private static byte[] splice(byte[] bytes, int from, int to, byte[] insert) {
    byte[] result = new byte[bytes.length - (to - from) + insert.length];
    System.arraycopy(bytes, 0, result, 0, from);
    System.arraycopy(insert, 0, result, from, insert.length);
    System.arraycopy(bytes, to, result, from + insert.length, bytes.length - to);
    return result;
  }
}
