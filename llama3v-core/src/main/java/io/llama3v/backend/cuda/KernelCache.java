package io.llama3v.backend.cuda;

import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Digests;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compiled kernels on disk, named by the SHA-256 of all that went into them: source, headers, macros, architecture, compiler. A file
 * holds the digest of its code before the code, so that a damaged one is compiled again; a folder that cannot be written costs time only.
 */
final class KernelCache {
  /** System property for the folder; by default {@code ~/.cache/llama3v/kernels}. */
  static final String FOLDER = "llama3v.cuda.cache";
  private static final Logger LOG = LoggerFactory.getLogger(KernelCache.class);
  private static final int DIGEST_LENGTH = 64;

  private final Path folder;
  private final KernelCompiler compiler;
  private boolean announced;
  private boolean unwritable;

  KernelCache(Path folder, KernelCompiler compiler) {
    this.folder = folder;
    this.compiler = compiler;
  }

  static Path defaultFolder() {
    String given = System.getProperty(FOLDER);
    return given != null ? Path.of(given) : Path.of(System.getProperty("user.home"), ".cache", "llama3v", "kernels");
  }

  /** The machine code of a source, compiled now if it is not there. */
  byte[] code(KernelSource source, String architecture) {
    Path file = folder.resolve(key(source, architecture) + ".cubin");
    byte[] code = read(file);
    if (code != null) return code;
    if (!announced) LOG.info("compiling kernels for {} with {} (kept in {})", architecture, compiler.version(), folder);
    announced = true;
    code = compiler.compile(source, architecture);
    write(file, code);
    return code;
  }

  private String key(KernelSource source, String architecture) {
    StringBuilder all = new StringBuilder(compiler.version()).append('\n').append(architecture).append('\n').append(source).append('\n');
    KernelSource.headers().forEach((name, text) -> all.append(name).append('\n').append(text));
    return source.file().replace(".cu", "") + "-" + architecture + "-" + Digests.sha256(all + source.text()).substring(0, 32);
  }

  private static byte[] read(Path file) {
    try {
      if (!Files.isRegularFile(file)) return null;
      byte[] all = Files.readAllBytes(file);
      if (all.length <= DIGEST_LENGTH) return null;
      byte[] code = java.util.Arrays.copyOfRange(all, DIGEST_LENGTH, all.length);
      String digest = new String(all, 0, DIGEST_LENGTH, java.nio.charset.StandardCharsets.US_ASCII);
      return digest.equals(Digests.sha256(code)) ? code : null;
    } catch (IOException unreadable) {
      return null;
    }
  }

  private void write(Path file, byte[] code) {
    if (unwritable) return;
    byte[] all = new byte[DIGEST_LENGTH + code.length];
    System.arraycopy(Digests.sha256(code).getBytes(java.nio.charset.StandardCharsets.US_ASCII), 0, all, 0, DIGEST_LENGTH);
    System.arraycopy(code, 0, all, DIGEST_LENGTH, code.length);
    try {
      Files.createDirectories(folder);
      AtomicFiles.writeBytes(file, all);
    } catch (IOException | RuntimeException e) {
      unwritable = true;
      LOG.warn("compiled kernels cannot be kept in {} ({}): they will be compiled again at every start. Choose another folder with -D{}",
          folder, e.toString(), FOLDER);
    }
  }
}
