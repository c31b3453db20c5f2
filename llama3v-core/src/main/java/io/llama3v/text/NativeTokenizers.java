package io.llama3v.text;

import ai.djl.huggingface.tokenizers.jni.LibUtils;
import ai.djl.huggingface.tokenizers.jni.TokenizersLibrary;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Locale;

/**
 * Loads the native code of Hugging Face's tokenizers that DJL packs into its jar.
 *
 * <p>DJL's own {@code HuggingFaceTokenizer} is passed by on purpose: it probes CUDA and logs about it, may download a GPU flavour,
 * contacts the EC2 metadata address, and fetches the strings and offsets of every token where only ids are wanted.
 */
final class NativeTokenizers {
  private static final String EMPTY_TOKENIZER =
      "{\"version\":\"1.0\",\"added_tokens\":[],\"model\":{\"type\":\"BPE\",\"vocab\":{},\"merges\":[]}}";

  private NativeTokenizers() {}

  /** The library, loaded at the first call. */
  static TokenizersLibrary library() {
    return Holder.LIBRARY;
  }

  private static final class Holder {
    private static final TokenizersLibrary LIBRARY = load();

    private static TokenizersLibrary load() {
      TokenizersLibrary library = TokenizersLibrary.LIB;
      try {
        loadFromJar();
        library.deleteTokenizer(library.createTokenizerFromString(EMPTY_TOKENIZER));
        return library;
      } catch (IOException | UnsatisfiedLinkError e) {
        // Windows (which needs three more libraries), an unwritable temporary folder, or DJL in another class loader.
        LibUtils.checkStatus();
        return library;
      }
    }
  }

  private static void loadFromJar() throws IOException {
    String resource = "native/lib/" + platform() + "/cpu/" + System.mapLibraryName("tokenizers");
    try (InputStream in = TokenizersLibrary.class.getClassLoader().getResourceAsStream(resource)) {
      if (in == null) {
        throw new IOException("no " + resource + " on the class path");
      }
      Path copy = Files.createTempFile("llama3v-", System.mapLibraryName("tokenizers"));
      try {
        Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
        System.load(copy.toString());
      } finally {
        // Once mapped the file is not needed by name.
        Files.deleteIfExists(copy);
      }
    }
  }

  private static String platform() throws IOException {
    String os = System.getProperty("os.name").toLowerCase(Locale.ROOT);
    String machine = System.getProperty("os.arch").equals("aarch64") ? "aarch64" : "x86_64";
    if (os.startsWith("linux")) {
      return "linux-" + machine;
    }
    if (os.startsWith("mac")) {
      return "osx-" + machine;
    }
    throw new IOException("left to DJL");
  }
}
