package io.llama3v.backend.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is compiled again, and what is not. */
class KernelCacheTest {
  private static final KernelSource SOURCE = KernelSource.of("fill.cu", "FROM=float", "TO=float");

  @TempDir
  private Path folder;
  private int compiled;

  private KernelCompiler compiler(String version) {
    return new KernelCompiler() {
      @Override
      public String version() {
        return version;
      }

      @Override
      public byte[] compile(KernelSource source, String architecture) {
        compiled++;
        return (source + architecture).getBytes(StandardCharsets.UTF_8);
      }
    };
  }

  private byte[] code(String version, KernelSource source, String architecture) {
    return new KernelCache(folder, compiler(version)).code(source, architecture);
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  @Test
  void theSameIsCompiledOnce() {
    byte[] first = code("13.0", SOURCE, "sm_90");
    assertArrayEquals(first, code("13.0", SOURCE, "sm_90"));
    assertEquals(1, compiled);
  }

  @Test
  void anotherArchitectureCompilerOrMacroIsAnother() {
    code("13.0", SOURCE, "sm_90");
    code("13.0", SOURCE, "sm_80");
    code("13.1", SOURCE, "sm_90");
    code("13.0", KernelSource.of("fill.cu", "FROM=bf16", "TO=float"), "sm_90");
    assertEquals(4, compiled);
  }

  @Test
  void aDamagedFileIsCompiledAgain() throws IOException {
    byte[] first = code("13.0", SOURCE, "sm_90");
    Path file = files().get(0);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length - 1] ^= 1;
    Files.write(file, bytes);
    assertArrayEquals(first, code("13.0", SOURCE, "sm_90"));
    assertEquals(2, compiled);
    Files.write(file, new byte[3]);
    assertArrayEquals(first, code("13.0", SOURCE, "sm_90"));
    assertEquals(3, compiled);
  }

  @Test
  void aFolderThatCannotBeMadeCostsTimeOnly() throws IOException {
    Path file = Files.writeString(folder.resolve("in the way"), "");
    KernelCache cache = new KernelCache(file, compiler("13.0"));
    cache.code(SOURCE, "sm_90");
    cache.code(SOURCE, "sm_90");
    assertEquals(2, compiled);
  }
}
