package io.llama3v.data.shard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TarWalkTest {
  private static final ShardLimits SMALL = new ShardLimits(4000, 8000, 2000);
  @TempDir Path dir;

  /** Keys with members, or keys with reasons. */
  private List<String> walk(String name, byte[] bytes) throws IOException {
    Path file = Files.write(dir.resolve(name), bytes);
    List<String> found = new ArrayList<>();
    try (TarWalk walk = TarWalk.open(file, SMALL)) {
      for (TarWalk.Entry e = walk.next(); e != null; e = walk.next()) {
        found.add(e instanceof TarWalk.Good good ? good.sample().key() + good.sample().members().keySet()
            : ((TarWalk.Bad) e).key() + "!" + ((TarWalk.Bad) e).reason());
      }
    }
    return found;
  }

  private static TarBytes pair(TarBytes tar, String key) {
    return tar.file(key + ".png", "picture").file(key + ".txt", "text");
  }

  @Test
  void whatIsWholeIsRead() throws IOException {
    byte[] tar = pair(pair(new TarBytes(), "a"), "b").end();
    assertEquals(List.of("a[png, txt]", "b[png, txt]"), walk("t.tar", tar));
  }

  @Test
  void namesWithControlCharactersAreCountedOnceASample() throws IOException {
    byte[] tar = pair(pair(pair(pair(new TarBytes(), "a"), "b\tb"), "c\nc"), "d").file(".hid\tden", "no sample at all").end();
    assertEquals(List.of("a[png, txt]", "b?b!name-unusable", "c?c!name-unusable", "d[png, txt]"), walk("t.tar", tar));
  }

  @Test
  void aSizeThatClaimsTooMuchLosesItsOwnSampleOnly() throws IOException {
    // 2,000 bytes claimed: the walk finds itself in the middle of what follows
    byte[] inside = pair(pair(pair(new TarBytes(), "a").member("b.png", '0', 2000, "short").file("b.txt", "b"), "c"), "d").end();
    assertEquals(List.of("a[png, txt]", "b!damaged-archive", "c[png, txt]", "d[png, txt]"), walk("t.tar", inside));
    byte[] beyond = pair(pair(new TarBytes(), "a").file("b.png", "b").member("b.txt", '0', 3_000_000, "short"), "c").end();
    assertEquals(List.of("a[png, txt]", "b!damaged-archive", "c[png, txt]"), walk("t.tar", beyond));
  }

  @Test
  void aSizeThatSwallowsWholeSamplesIsFoundOut() throws IOException {
    // 1,536 bytes: header and data of c.png, and c.txt's header; 3,072 bytes: exactly up to d.png's header
    for (int claimed : new int[] {1536, 3072}) {
      byte[] tar = pair(pair(new TarBytes().file("b.png", "b").member("b.txt", '0', claimed, "short"), "c"), "d").end();
      assertEquals(List.of("b!damaged-archive", "c[png, txt]", "d[png, txt]"), walk("t.tar", tar));
    }
    byte[] large = pair(pair(new TarBytes().file("b.png", "b").member("b.txt", '0', 5120, "short"), "c"), "d").end();
    assertEquals(List.of("b!damaged-archive", "c[png, txt]", "d[png, txt]"), walk("t.tar", large));
  }

  @Test
  void aDamagedHeaderLosesTheSamplesAroundIt() throws IOException {
    byte[] tar = pair(pair(pair(new TarBytes(), "a"), "b"), "c").end();
    tar[4 * 512 + 3] ^= 1; // the third header: b.png
    assertEquals(List.of("a!damaged-archive", "b[txt]", "c[png, txt]"), walk("t.tar", tar));
  }

  @Test
  void anArchiveThatBreaksOffGivesWhatIsBefore() throws IOException {
    byte[] tar = pair(pair(pair(new TarBytes(), "a"), "b"), "c").end();
    assertEquals(List.of("a[png, txt]", "b!damaged-archive"), walk("t.tar", Arrays.copyOf(tar, 7 * 512)));
    assertEquals(List.of("a[png, txt]", "b!damaged-archive"), walk("t.tar", Arrays.copyOf(tar, 8 * 512))); // no end marker
  }

  @Test
  void whatIsTooLargeIsNotHeldButCounted() throws IOException {
    byte[] tar = pair(pair(new TarBytes(), "a").file("b.png", "x".repeat(5000)).file("b.txt", "t"), "c").end();
    assertEquals(List.of("a[png, txt]", "b!sample-too-large", "c[png, txt]"), walk("t.tar", tar));
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(bytes);
    }
    return out.toByteArray();
  }

  @Test
  void compressedArchivesEndWhereTheyAreDamaged() throws IOException {
    byte[] tar = pair(pair(new TarBytes(), "a"), "b").end();
    assertEquals(List.of("a[png, txt]", "b[png, txt]"), walk("t.tar.gz", gzip(tar)));
    byte[] packed = gzip(tar);
    List<String> cut = walk("t.tgz", Arrays.copyOf(packed, packed.length / 2));
    assertTrue(cut.get(cut.size() - 1).endsWith("!damaged-archive"), cut.toString());
  }

  @Test
  void aCompressedBombIsNotUnpacked() throws IOException {
    // 200 MB of zeros in 200 kB: over a thousand to one
    ByteArrayOutputStream bomb = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bomb)) {
      byte[] zeros = new byte[1 << 20];
      for (int i = 0; i < 200; i++) {
        out.write(zeros);
      }
    }
    assertTrue(bomb.size() < 210_000, "the bomb has " + bomb.size() + " bytes");
    long[] given = {0};
    ShardException refused = assertThrows(ShardException.class, () -> {
      try (InputStream in = new BoundedGzip(new ByteArrayInputStream(bomb.toByteArray()), "b.gz")) {
        byte[] buffer = new byte[1 << 16];
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          given[0] += n;
        }
      }
    });
    assertTrue(refused.getMessage().contains("200 times"), refused.getMessage());
    assertTrue(given[0] <= BoundedGzip.FREE_BYTES + 201L * bomb.size(), given[0] + " bytes were given");
  }
}
