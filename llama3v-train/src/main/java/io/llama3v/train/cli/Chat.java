package io.llama3v.train.cli;

import io.llama3v.adapter.ImageConversation;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.image.ImageDecoder;
import io.llama3v.llama.CausalModel;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.Sampling;
import io.llama3v.nn.Module;
import io.llama3v.text.ChatTemplate;
import io.llama3v.text.Encoded;
import io.llama3v.text.Message;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.stage.VlmBatch;
import io.llama3v.vision.image.ImageTransform;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.TiledImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A model with its tokenizer, ready to be asked: a vision-language model (Mllama) or a plain Llama, from a Hugging Face folder or
 * from the folder of a run, of which it takes the most finished model.
 *
 * <pre>{@code
 * try (Chat chat = Chat.open(Path.of("runs/tiny"))) {
 *   System.out.println(chat.ask("What colour is it?", Path.of("runs/tiny/sample.png")));
 * }
 * }</pre>
 *
 * For one thread. Closing it releases model, tokenizer and, where it opened that itself, the backend.
 */
public final class Chat implements AutoCloseable {
  private static final int ANSWER_TOKENS = 128;

  private final Backend backend;
  private final boolean ownsBackend;
  private final Path folder;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final Module model;
  private final MllamaTransform transform;

  private Chat(Backend backend, boolean ownsBackend, Path folder, Tokenizer tokenizer, ChatTemplate template, Module model,
      MllamaTransform transform) {
    this.backend = backend;
    this.ownsBackend = ownsBackend;
    this.folder = folder;
    this.tokenizer = tokenizer;
    this.template = template;
    this.model = model;
    this.transform = transform;
  }

  /** Opens a model on the best backend. */
  public static Chat open(Path path) throws IOException {
    Backend backend = Backend.best();
    try {
      return open(backend, true, path, null);
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  /**
   * Opens a model on a backend of the caller's, which must stay open as long.
   *
   * @param path Hugging Face folder, or folder of a run
   * @param tokenizer file or folder of the tokenizer; null looks beside the weights and in their run
   * @throws IOException if there is no model or no tokenizer, or a file of theirs cannot be read
   */
  public static Chat open(Backend backend, Path path, Path tokenizer) throws IOException {
    return open(backend, false, path, tokenizer);
  }

  private static Chat open(Backend backend, boolean owned, Path path, Path given) throws IOException {
    ModelFolder found = ModelFolder.find(path);
    boolean sees = found.type().equals("mllama");
    if (!sees && !found.type().equals("llama")) {
      throw new IOException(found.weights().resolve("config.json") + ": model_type is '" + found.type()
          + "'; expected mllama (with images) or llama (text only)");
    }
    Tokenizer tokenizer = Tokenizer.load(given == null ? found.tokenizer() : given);
    Module model = null;
    try {
      model = sees ? VisionLanguageModel.load(backend, found.weights()) : LlamaModel.load(backend, found.weights());
      LlamaConfig text = sees ? ((VisionLanguageModel) model).config().text() : ((LlamaModel) model).config();
      if (tokenizer.vocabularySize() > text.vocabSize()) {
        throw new IOException("the tokenizer has " + tokenizer.vocabularySize() + " tokens and the model in " + found.weights() + " "
            + text.vocabSize() + ": they do not belong together; name the right one with --tokenizer");
      }
      int image = sees ? ((VisionLanguageModel) model).config().imageToken() : tokenizer.imageTokenId();
      MllamaTransform transform = sees ? transform(found.weights(), (VisionLanguageModel) model) : null;
      return new Chat(backend, owned, found.weights(), tokenizer, new ChatTemplate(tokenizer, image), model, transform);
    } catch (IOException | RuntimeException e) {
      tokenizer.close();
      if (model != null) model.close();
      throw e;
    }
  }

  /** What preprocessor_config.json says, where there is one; it must fit the tower. */
  private static MllamaTransform transform(Path folder, VisionLanguageModel model) throws IOException {
    int side = model.config().vision().imageSize();
    int tiles = model.config().vision().maxTiles();
    Path file = folder.resolve("preprocessor_config.json");
    if (!Files.isRegularFile(file)) return new MllamaTransform(side, tiles);
    if (ImageTransform.load(file) instanceof MllamaTransform t && t.layout().tileSize() == side && t.layout().maxTiles() == tiles) return t;
    throw new IOException(file + " does not fit config.json: expected up to " + tiles + " tiles of " + side + " pixels");
  }

  /** The folder that the weights came from. */
  public Path folder() {
    return folder;
  }

  /** True if the model can be shown images. */
  public boolean sees() {
    return transform != null;
  }

  /** The most likely answer to a question about some images, or about none. */
  public String ask(String question, Path... images) throws IOException {
    return generate(question, Arrays.asList(images), false, ANSWER_TOKENS, Sampling.GREEDY, text -> { }).strip();
  }

  /**
   * Generates.
   *
   * @param raw continue the prompt as plain text after the images, instead of answering it as a user's turn of a conversation
   * @param sink gets the text piece by piece, as it is made
   * @return the whole text
   * @throws IllegalArgumentException if there are images and the model takes none
   */
  public String generate(String prompt, List<Path> images, boolean raw, int maxNew, Sampling sampling, Consumer<String> sink)
      throws IOException {
    if (!images.isEmpty() && !sees()) {
      throw new IllegalArgumentException(folder + " is a language model without eyes; it takes no images");
    }
    if (maxNew < 1) throw new IllegalArgumentException("at most " + maxNew + " new tokens; expected 1 or more");
    Encoded text = raw ? template.captionPrompt(prompt, images.size())
        : template.encode(List.of(Message.user(prompt, images.size())), true);
    if (!(model instanceof VisionLanguageModel sighted)) return continued((LlamaModel) model, text.ids(), maxNew, sampling, sink);
    List<TiledImage> tiled = new ArrayList<>();
    for (Path image : images) tiled.add(transform.apply(ImageDecoder.decode(image, transform.transparency())));
    VlmBatch batch = VlmBatch.collate(List.of(new VlmBatch.Item(text, tiled)), transform, sighted.config().padToken());
    try (ImageConversation conversation = new ImageConversation(sighted, batch.images())) {
      return continued(conversation, text.ids(), maxNew, sampling, sink);
    }
  }

  private String continued(CausalModel causal, int[] prompt, int maxNew, Sampling sampling, Consumer<String> sink) {
    Set<Integer> stop = new HashSet<>();
    for (int id : template.stopIds()) stop.add(id);
    tokenizer.specialId(SpecialTokens.END_OF_MESSAGE).ifPresent(stop::add);
    TextStream stream = new TextStream(tokenizer, sink);
    try (CausalModel.Session session = causal.open(backend, prompt.length + maxNew)) {
      int[] input = prompt;
      for (int i = 0; i < maxNew; i++) {
        int token = sampling.choose(session.next(input), i);
        if (stop.contains(token)) break;
        stream.add(token);
        input = new int[] {token};
      }
    }
    return stream.finish();
  }

  @Override
  public void close() {
    model.close();
    tokenizer.close();
    if (ownsBackend) backend.close();
  }
}
