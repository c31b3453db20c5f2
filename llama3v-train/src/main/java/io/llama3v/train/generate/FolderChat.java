package io.llama3v.train.generate;

import io.llama3v.backend.Backend;
import io.llama3v.data.convert.rewrite.ChatModel;
import io.llama3v.llama.Sampling;
import io.llama3v.text.Message;
import io.llama3v.train.Llama3V;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** A model out of a folder as one that is asked: our own generator as a rewriter. One question at a time. */
public final class FolderChat implements ChatModel {
  private final Backend backend;
  private final Llama3V model;
  private final double temperature;
  private final int maxTokens;

  private FolderChat(Backend backend, Llama3V model, double temperature, int maxTokens) {
    this.backend = backend;
    this.model = model;
    this.temperature = temperature;
    this.maxTokens = maxTokens;
  }

  /**
   * Opens a model folder, or the most finished model of a run.
   *
   * @param backend closed with this, and where opening fails
   */
  public static FolderChat open(Backend backend, Path folder, double temperature, int maxTokens) throws IOException {
    try {
      return new FolderChat(backend, Llama3V.open(backend, folder, null), temperature, maxTokens);
    } catch (IOException | RuntimeException e) {
      backend.close();
      throw e;
    }
  }

  @Override
  public synchronized String answer(String system, String user, long seed) {
    Sampling sampling = temperature == 0 ? Sampling.GREEDY : new Sampling(temperature, 1, seed);
    return model.chat(List.of(Message.system(system), Message.user(user)), List.of(), maxTokens, sampling).strip();
  }

  @Override
  public synchronized void close() {
    model.close();
    backend.close();
  }
}
