package io.llama3v.backend.cuda;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A {@code .cu} resource and the macros that make a module of it, such as {@code REAL=bf16}.
 *
 * @param file name of the resource beside this package
 * @param macros {@code NAME=VALUE}, in a fixed order
 */
public record KernelSource(String file, List<String> macros) {
  /** Headers that sources may include. */
  static final List<String> HEADERS = List.of("common.cuh", "attention_mask.cuh", "matrix.cuh");

  /** A source with macros. */
  public static KernelSource of(String file, String... macros) {
    return new KernelSource(file, List.of(macros));
  }

  /** The text of the file. */
  String text() {
    return read(file);
  }

  /** The texts of the headers, by name. */
  static Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    for (String header : HEADERS) headers.put(header, read(header));
    return headers;
  }

  private static String read(String name) {
    try (InputStream in = KernelSource.class.getResourceAsStream(name)) {
      if (in == null) throw new IllegalStateException("the kernel source " + name + " is missing from the jar of llama3v-core");
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public String toString() {
    return file + macros;
  }
}
