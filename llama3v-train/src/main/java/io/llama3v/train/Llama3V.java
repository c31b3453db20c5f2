package io.llama3v.train;

import io.llama3v.adapter.CrossAttentionWeights;
import io.llama3v.adapter.ImageConversation;
import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.backend.Backend;
import io.llama3v.image.ImageDecoder;
import io.llama3v.image.RgbImage;
import io.llama3v.image.Transparency;
import io.llama3v.llama.CausalModel;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.Sampling;
import io.llama3v.llama.TextGenerator;
import io.llama3v.nn.Module;
import io.llama3v.text.ChatTemplate;
import io.llama3v.text.Content;
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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A model with its tokenizer, ready to be asked: a vision-language model (Mllama) or a plain Llama, from a Hugging Face folder or
 * from the folder of a run, of which it takes the most finished model.
 *
 * <pre>{@code
 * jshell> var m = Llama3V.open("runs/tiny")
 * jshell> m.ask(image("cat.png"), "What colour is it?")
 * jshell> show(m.attention())                            // which tiles each layer looked at
 * jshell> plot("runs/tiny")
 * }</pre>
 *
 * For one thread. Closing it releases model, tokenizer and, where it opened that itself, the backend.
 */
public final class Llama3V implements AutoCloseable {
  private static final int ANSWER_TOKENS = 128;

  /** What the last answer was made of, so that {@link #attention} can look again. */
  private record Turn(String prompt, List<RgbImage> images, List<TiledImage> tiled, VlmBatch batch, int[] answer, String text) {}

  private final Backend backend;
  private final boolean ownsBackend;
  private final Path folder;
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final Module model;
  private final MllamaTransform transform;
  private Turn last;

  private Llama3V(Backend backend, boolean ownsBackend, Path folder, Tokenizer tokenizer, ChatTemplate template, Module model,
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
  public static Llama3V open(String path) throws IOException {
    return open(Path.of(path));
  }

  /** Opens a model on the best backend. */
  public static Llama3V open(Path path) throws IOException {
    ModelFolder.find(path); // before the backend: a wrong path should be told at once
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
  public static Llama3V open(Backend backend, Path path, Path tokenizer) throws IOException {
    return open(backend, false, path, tokenizer);
  }

  private static Llama3V open(Backend backend, boolean owned, Path path, Path given) throws IOException {
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
      return new Llama3V(backend, owned, found.weights(), tokenizer, new ChatTemplate(tokenizer, image), model, transform);
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

  /** An image to ask about; what is transparent becomes white. */
  public static RgbImage image(String file) throws IOException {
    return image(Path.of(file));
  }

  /** An image to ask about; what is transparent becomes white. */
  public static RgbImage image(Path file) throws IOException {
    return ImageDecoder.decode(file, Transparency.ON_WHITE);
  }

  /** Shows where the layers looked, as a page in the browser; returns the page, which also is what remains where there is no screen. */
  public static Path show(Attention attention) throws IOException {
    return Display.page("attention", attention.page());
  }

  /** Shows an image; returns a copy of it as a PNG file. */
  public static Path show(RgbImage image) throws IOException {
    return Display.picture("image", image.toBufferedImage());
  }

  /** Shows the curves, samples and scores of a run so far; returns the page, {@code report.html} in the run's folder. */
  public static Path plot(String run) throws IOException {
    return Display.report(Path.of(run));
  }

  /** The folder that the weights came from. */
  public Path folder() {
    return folder;
  }

  /** The model: a {@link VisionLanguageModel} or a {@link LlamaModel}. */
  public Module model() {
    return model;
  }

  /** True if the model can be shown images. */
  public boolean sees() {
    return transform != null;
  }

  /** The most likely answer to a question about an image. */
  public String ask(RgbImage image, String question) {
    return ask(List.of(image), question);
  }

  /** The most likely answer to a question about several images, in their order. */
  public String ask(List<RgbImage> images, String question) {
    return generate(question, images, false, ANSWER_TOKENS, Sampling.GREEDY, text -> { }).strip();
  }

  /** The most likely answer to a question. */
  public String ask(String question) {
    return ask(List.of(), question);
  }

  /**
   * Generates.
   *
   * @param raw continue the prompt as plain text after the images, instead of answering it as a user's turn of a conversation
   * @param sink gets the text piece by piece, as it is made
   * @return the whole text
   * @throws IllegalArgumentException if there are images and the model takes none
   */
  public String generate(String prompt, List<RgbImage> images, boolean raw, int maxNew, Sampling sampling, Consumer<String> sink) {
    check(images, maxNew);
    Encoded text = raw ? template.captionPrompt(prompt, images.size())
        : template.encode(List.of(Message.user(prompt, images.size())), true);
    return generate(prompt, text, images, maxNew, sampling, sink);
  }

  /**
   * The assistant's next turn in a conversation.
   *
   * @param messages end with a turn of the user
   * @param images those that the messages show, in their order
   * @throws IllegalArgumentException if the messages show more or fewer images than there are, or the model takes none
   */
  public String chat(List<Message> messages, List<RgbImage> images, int maxNew, Sampling sampling) {
    check(images, maxNew);
    int shown = messages.stream().mapToInt(Message::images).sum();
    if (shown != images.size()) throw new IllegalArgumentException("the messages show " + shown + " images, and " + images.size() + " are given");
    String asked = messages.isEmpty() ? "" : words(messages.get(messages.size() - 1));
    return generate(asked, template.encode(messages, true), images, maxNew, sampling, text -> { });
  }

  private static String words(Message message) {
    StringBuilder words = new StringBuilder();
    for (Content part : message.content()) if (part instanceof Content.Text text) words.append(text.text());
    return words.toString();
  }

  private void check(List<RgbImage> images, int maxNew) {
    if (!images.isEmpty() && !sees()) {
      throw new IllegalArgumentException(folder + " is a language model without eyes; it takes no images");
    }
    if (maxNew < 1) throw new IllegalArgumentException("at most " + maxNew + " new tokens; expected 1 or more");
  }

  private String generate(String prompt, Encoded text, List<RgbImage> images, int maxNew, Sampling sampling, Consumer<String> sink) {
    TextStream stream = new TextStream(tokenizer, sink);
    last = null;
    if (!(model instanceof VisionLanguageModel sighted)) {
      continued((LlamaModel) model, text.ids(), maxNew, sampling, stream);
      return stream.finish();
    }
    List<TiledImage> tiled = images.stream().map(transform::apply).toList();
    VlmBatch batch = VlmBatch.collate(List.of(new VlmBatch.Item(text, tiled)), transform, sighted.config().padToken());
    try (ImageConversation conversation = new ImageConversation(sighted, batch.images())) {
      int[] answer = continued(conversation, text.ids(), maxNew, sampling, stream);
      String whole = stream.finish();
      last = new Turn(prompt, images, tiled, batch, answer, whole);
      return whole;
    }
  }

  private int[] continued(CausalModel causal, int[] prompt, int maxNew, Sampling sampling, TextStream stream) {
    Set<Integer> stop = new HashSet<>();
    for (int id : template.stopIds()) stop.add(id);
    tokenizer.specialId(SpecialTokens.END_OF_MESSAGE).ifPresent(stop::add);
    return TextGenerator.generate(causal, backend, prompt, maxNew, sampling, stop, stream::add);
  }

  /**
   * Where the cross-attention layers looked while the last answer was made. It costs one more forward pass, now; answering itself
   * keeps nothing for it.
   *
   * @throws IllegalStateException if nothing has been asked about an image yet
   */
  public Attention attention() {
    if (last == null || last.images.isEmpty()) {
      throw new IllegalStateException("nothing was looked at yet: ask about an image first, m.ask(image(\"cat.png\"), \"What is it?\")");
    }
    VisionLanguageModel sighted = (VisionLanguageModel) model;
    CrossAttentionWeights weights = CrossAttentionWeights.ofAnswer(sighted, last.batch.text().ids(), last.answer, last.batch.images());
    return new Attention(last.prompt, last.text.strip(), last.images, last.tiled.stream().map(TiledImage::placement).toList(), weights);
  }

  @Override
  public void close() {
    model.close();
    tokenizer.close();
    if (ownsBackend) backend.close();
  }
}
