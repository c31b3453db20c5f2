package io.llama3v.data.shard;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.sample.Sample;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShardRoundTripTest {
  @TempDir Path dir;

  private static Sample sample(int i) {
    Map<String, byte[]> members = new LinkedHashMap<>();
    members.put("png", new byte[i * 37]);
    members.put("txt", ("text " + i).getBytes());
    return new Sample(i == 3 ? "ö".repeat(80) + i : "k" + i, members);
  }

  private List<Path> write(Path folder) throws IOException {
    try (TarShardWriter writer = new TarShardWriter(folder, "s", 4, Long.MAX_VALUE)) {
      for (int i = 0; i < 10; i++) {
        writer.write(sample(i));
      }
      writer.close();
      return writer.published();
    }
  }

  @Test
  void whatIsWrittenIsReadBackAtRandom() throws IOException {
    List<Path> files = write(dir);
    assertEquals(List.of("s-000000.tar", "s-000001.tar", "s-000002.tar"),
        files.stream().map(p -> p.getFileName().toString()).toList());
    try (ShardIndex index = ShardIndex.open(dir + "/s-{000000..000002}.tar")) {
      assertEquals(10, index.size());
      for (int i : new int[] {9, 0, 3, 5}) {
        Sample read = index.read(i);
        assertEquals(sample(i).key(), read.key());
        assertEquals(index.key(i), read.key());
        assertArrayEquals(sample(i).image(), read.image());
        assertEquals("text " + i, read.text());
      }
      assertThrows(IndexOutOfBoundsException.class, () -> index.read(10));
    }
  }

  @Test
  void fingerprintIsOfTheContentAndNotOfThePlace() throws IOException {
    write(dir.resolve("one"));
    write(dir.resolve("two"));
    String pattern = "/s-{000000..000002}.tar";
    Path changed = dir.resolve("two/s-000001.tar");
    try (ShardIndex one = ShardIndex.open(dir + "/one" + pattern); ShardIndex two = ShardIndex.open(dir + "/two" + pattern);
        ShardIndex fewer = ShardIndex.open(dir + "/one/s-{000000..000001}.tar")) {
      assertEquals(one.fingerprint(), two.fingerprint());
      assertNotEquals(one.fingerprint(), fewer.fingerprint());
      for (long at : new long[] {0, 700, Files.size(changed) - 1}) {
        byte[] bytes = Files.readAllBytes(changed);
        bytes[(int) at] ^= 1;
        Files.write(changed, bytes);
        assertNotEquals(one.fingerprint(), two.fingerprint(), "a bit at " + at);
        bytes[(int) at] ^= 1;
        Files.write(changed, bytes);
      }
      assertEquals(one.fingerprint(), two.fingerprint());
    }
  }

  @Test
  void otherToolsReadItAndBytesAreTheSameEachTime() throws IOException {
    Path first = write(dir.resolve("a")).get(0);
    Path second = write(dir.resolve("b")).get(0);
    assertArrayEquals(Files.readAllBytes(first), Files.readAllBytes(second));
    try (TarArchiveInputStream tar = new TarArchiveInputStream(Files.newInputStream(first))) {
      for (int i = 0; i < 4; i++) {
        for (String extension : List.of("png", "txt")) {
          assertEquals(sample(i).key() + "." + extension, tar.getNextEntry().getName());
          assertArrayEquals(sample(i).members().get(extension), tar.readAllBytes());
        }
      }
      assertEquals(null, tar.getNextEntry());
    }
  }

  @Test
  void shardsRollBySizeAndLeaveNoTemporaryFiles() throws IOException {
    try (TarShardWriter writer = new TarShardWriter(dir, "s", 7, 100, 5000)) {
      for (int i = 0; i < 6; i++) {
        writer.write(new Sample("k" + i, Map.of("bin", new byte[1500])));
      }
      assertThrows(IllegalArgumentException.class, () -> writer.write(new Sample("a.b", Map.of("txt", new byte[1]))));
      assertThrows(IllegalArgumentException.class, () -> writer.write(new Sample("a", Map.of("TXT", new byte[1]))));
    }
    try (var files = Files.list(dir)) {
      assertEquals(List.of("s-000007.tar", "s-000008.tar", "s-000009.tar"),
          files.map(p -> p.getFileName().toString()).sorted().toList());
    }
  }

  @Test
  void aFileThatChangedSinceIndexingIsNoticed() throws IOException {
    Path file = write(dir).get(0);
    try (ShardIndex index = ShardIndex.open(file.toString())) {
      byte[] bytes = Files.readAllBytes(file);
      Files.write(file, java.util.Arrays.copyOf(bytes, 700));
      UncheckedIOException e = assertThrows(UncheckedIOException.class, () -> index.all().forEach(s -> { }));
      assertTrue(e.getMessage().contains("shorter"), e.getMessage());
    }
  }

  @Test
  void patternsExpand() throws IOException {
    assertEquals(List.of("x-008.tar", "x-009.tar", "x-010.tar"), ShardPattern.braces("x-{008..010}.tar"));
    assertEquals(List.of("a1", "a2", "b1", "b2"), ShardPattern.braces("{a,b}{1..2}"));
    assertEquals(List.of("x8", "x9", "x10", "x11"), ShardPattern.braces("x{8..11}"), "the pattern's order, not that of the names");
    assertEquals(List.of("b/1", "b/0", "a/1", "a/0"), ShardPattern.braces("{b,a}/{1,0}"));
    assertThrows(IllegalArgumentException.class, () -> ShardPattern.braces("{9..1}"));
    assertThrows(IllegalArgumentException.class, () -> ShardPattern.braces("{0..99999999999}"));
    List<Path> files = write(dir);
    assertEquals(files, ShardPattern.expand(dir + "/s-*.tar"));
    assertEquals(List.of(files.get(2), files.get(0)),
        ShardPattern.expand(files.get(2) + "::" + dir + "/s-00000[0].tar"));
    assertThrows(NoSuchFileException.class, () -> ShardPattern.expand(dir + "/no-*.tar"));
    assertThrows(NoSuchFileException.class, () -> ShardPattern.expand(dir + "/s-{000000..000009}.tar"));
  }
}
