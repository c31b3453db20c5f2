package io.llama3v.data.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.llama3v.data.sample.Sample;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarDamageTest {
  private static final ShardLimits SMALL = new ShardLimits(4000, 8000, 2000);
  @TempDir Path dir;

  private record Read(List<String> keys, ShardReport report) {}

  /** Reads by stream and by index; both must agree. */
  private Read read(byte[] tar, DamagePolicy policy) throws IOException {
    ShardReport report = new ShardReport();
    List<String> keys = new ArrayList<>();
    try (TarShardReader reader = new TarShardReader(new ByteArrayInputStream(tar), "t.tar", policy, SMALL, report)) {
      for (Sample s = reader.next(); s != null; s = reader.next()) {
        keys.add(s.key() + s.members().keySet());
      }
    }
    Path file = Files.write(dir.resolve("t.tar"), tar);
    try (ShardIndex index = new ShardIndex("t", List.of(file), policy, SMALL)) {
      List<String> indexed = new ArrayList<>();
      for (Sample s : index.all()) {
        indexed.add(s.key() + s.members().keySet());
      }
      assertEquals(keys, indexed);
      assertEquals(report.counts(), index.report().counts());
    }
    return new Read(keys, report);
  }

  @Test
  void linksDevicesAndOddNamesAreSkippedAndCounted() throws IOException {
    byte[] tar = new TarBytes().file("a.txt", "A").member("evil.txt", '2', 0, "").member("dev.txt", '3', 0, "")
        .member("hard.txt", '1', 700, "").member("sub/", '5', 0, "").file("README", "r").file("__m__.json", "{}")
        .file("../../etc/passwd.txt", "up").file("/abs.txt", "root").file("a\nb.txt", "x").file("z.txt", "Z").end();
    Read read = read(tar, DamagePolicy.STOP);
    assertEquals(List.of("a[txt]", "../../etc/passwd[txt]", "/abs[txt]", "z[txt]"), read.keys());
    assertEquals(3, read.report().count(MemberFilter.LINK_OR_DEVICE));
    assertEquals(3, read.report().count(MemberFilter.OTHER_NAME));
    try (var files = Files.list(dir)) {
      assertEquals(List.of("t.tar"), files.map(p -> p.getFileName().toString()).toList());
    }
  }

  @Test
  void repeatedExtensionStartsANewSample() throws IOException {
    Read read = read(new TarBytes().file("a.txt", "1").file("a.json", "2").file("a.txt", "3").end(), DamagePolicy.STOP);
    assertEquals(List.of("a[txt, json]", "a[txt]"), read.keys());
  }

  @Test
  void aMemberOverTheLimitRejectsItsSampleOnly() throws IOException {
    byte[] tar = new TarBytes().file("a.txt", "1").file("b.txt", "2").file("b.bin", "x".repeat(4001)).file("b.json", "3")
        .file("c.txt", "4").end();
    Read read = read(tar, DamagePolicy.STOP);
    assertEquals(List.of("a[txt]", "c[txt]"), read.keys());
    assertEquals(1, read.report().count(MemberFilter.TOO_LARGE));
    assertEquals(1, read.report().count("sample over the limit"));
  }

  @Test
  void aLyingSizeStopsWithFileAndOffset() throws IOException {
    byte[] tar = new TarBytes().file("a.txt", "1").member("b.txt", '0', 3000, "short").end();
    ShardException e = assertThrows(ShardException.class, () -> read(tar, DamagePolicy.STOP));
    assertEquals("t.tar", e.file());
    assertTrue(e.offset() >= 1024, e.getMessage());
    assertEquals(List.of(), read(tar, DamagePolicy.SKIP_AND_COUNT).keys(), "a was still open, it may lack members");
  }

  @Test
  void hugeSizesAreRefusedBeforeAllocation() throws IOException {
    byte[] tar = new TarBytes().file("a.txt", "1").member("b.txt", '0', 077777777777L, "short").end();
    Read read = read(tar, DamagePolicy.SKIP_AND_COUNT);
    assertEquals(1, read.report().count("damaged archive"));
    byte[] pax = new TarBytes().member("p", 'x', 077777777777L, "").end();
    assertThrows(ShardException.class, () -> read(pax, DamagePolicy.STOP));
  }

  @Test
  void everyTruncationIsNoticed() throws IOException {
    byte[] tar = new TarBytes().file("a.txt", "1").file("b.txt", "2").file("c.txt", "3").end();
    for (int length = 0; length < tar.length - 1024 + 512; length += 128) {
      byte[] cut = Arrays.copyOf(tar, length);
      assertThrows(ShardException.class, () -> read(cut, DamagePolicy.STOP), "cut at " + length);
      Read read = read(cut, DamagePolicy.SKIP_AND_COUNT);
      assertEquals(1, read.report().count("damaged archive"), "cut at " + length);
      assertTrue(read.keys().size() <= Math.max(0, length / 1024), "cut at " + length);
    }
  }

  @Test
  void readsPaxAndGnuLongNames() throws IOException {
    String name = "d".repeat(150) + "/k.txt";
    String body = " path=" + name + "\n";
    int length = body.length() + 3;
    byte[] tar = new TarBytes().member("x", 'x', length, length + body).file("short.txt", "1")
        .member("././@LongLink", 'L', name.length() + 1, name + "\0").file("cut.txt", "2").end();
    String key = "d".repeat(150) + "/k";
    assertEquals(List.of(key + "[txt]", key + "[txt]"), read(tar, DamagePolicy.STOP).keys());
  }

  @Test
  void mutatedArchivesNeverDoWorseThanAShardException() throws IOException {
    byte[] tar = new TarBytes().file("a.txt", "1").member("x", 'x', 16, "16 path=long.txt").file("b.txt", "2")
        .file("b.json", "{}").file("c.png", "3".repeat(600)).end();
    Random random = new Random(5);
    for (int i = 0; i < 1500; i++) {
      byte[] mutant = tar.clone();
      for (int k = random.nextInt(4); k >= 0; k--) {
        mutant[random.nextInt(mutant.length)] = (byte) random.nextInt(256);
      }
      int h = random.nextInt(3) * 1024;
      if (random.nextBoolean()) { // keep the checksum right, so that the fields behind it are believed
        mutant[h + 124 + random.nextInt(12)] = (byte) ('0' + random.nextInt(8));
        Arrays.fill(mutant, h + 148, h + 156, (byte) ' ');
        int sum = 0;
        for (int j = 0; j < 512; j++) {
          sum += mutant[h + j] & 0xff;
        }
        byte[] digits = String.format("%06o\0 ", sum).getBytes();
        System.arraycopy(digits, 0, mutant, h + 148, 8);
      }
      read(mutant, DamagePolicy.SKIP_AND_COUNT);
    }
  }
}
