package io.llama3v.train.stage;

import io.llama3v.adapter.VisionLanguageModel;
import io.llama3v.data.sample.Sample;
import io.llama3v.image.ImageDecoder;
import io.llama3v.llama.RowPacking;
import io.llama3v.text.ChatTemplate;
import io.llama3v.text.Encoded;
import io.llama3v.text.Message;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.preference.PreferenceBatch;
import io.llama3v.train.preference.Prompt;
import io.llama3v.vision.image.MllamaTransform;
import io.llama3v.vision.image.TiledImage;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Turns prompts and answers out of JSONL files into texts with tiled pictures. Safe for use by several threads. */
final class AnswerSamples {
  private final ChatTemplate chat;
  private final MllamaTransform transform;
  private final int maxTokens;
  private final int pad;

  AnswerSamples(VisionLanguageModel model, Tokenizer tokenizer, int maxTokens) {
    this.chat = new ChatTemplate(tokenizer, model.config().imageToken());
    this.transform = new MllamaTransform(model.config().vision().imageSize(), model.config().vision().maxTiles());
    this.maxTokens = maxTokens;
    this.pad = tokenizer.specialId(SpecialTokens.PAD).orElse(model.config().padToken());
  }

  ChatTemplate chat() {
    return chat;
  }

  /** The pictures of a line. */
  List<TiledImage> pictures(Sample sample) {
    List<TiledImage> all = new ArrayList<>();
    for (int i = 0; sample.member("image." + i).isPresent(); i++) {
      all.add(transform.apply(ImageDecoder.decode(sample.member("image." + i).get(), sample.key(), transform.transparency())));
    }
    return all;
  }

  /** A prompt that waits for its answer. */
  VlmBatch.Item prompt(Prompt prompt, List<TiledImage> pictures) {
    return new VlmBatch.Item(chat.encode(prompt.turns(), true), pictures);
  }

  /**
   * A prompt with each of some answers, with labels on the answer and the end of its turn alone.
   *
   * @throws IllegalArgumentException if one is too long: part of an answer cannot be compared with another
   */
  List<VlmBatch.Item> answers(Prompt prompt, List<TiledImage> pictures, List<String> answers) {
    int asked = chat.encode(prompt.turns(), true).length();
    List<VlmBatch.Item> items = new ArrayList<>();
    for (String answer : answers) {
      List<Message> turns = new ArrayList<>(prompt.turns());
      turns.add(Message.assistant(answer));
      Encoded text = chat.encode(turns, false);
      if (text.length() > maxTokens) {
        throw new IllegalArgumentException(prompt.id() + ": prompt and answer have " + text.length() + " tokens; max_tokens is " + maxTokens);
      }
      Arrays.fill(text.labels(), 0, asked, Encoded.IGNORE); // earlier turns of the assistant are given
      items.add(new VlmBatch.Item(text, pictures));
    }
    return items;
  }

  /** Answers to several prompts, each prompt's best first and in a row of their own, every one better than those behind it. */
  PreferenceBatch ranked(List<List<VlmBatch.Item>> prompts) {
    List<VlmBatch.Item> items = new ArrayList<>();
    List<List<Integer>> rows = new ArrayList<>();
    List<int[]> pairs = new ArrayList<>();
    for (List<VlmBatch.Item> answers : prompts) {
      List<Integer> row = new ArrayList<>();
      for (VlmBatch.Item answer : answers) {
        for (int better : row) pairs.add(new int[] {better, items.size()});
        row.add(items.size());
        items.add(answer);
      }
      rows.add(row);
    }
    VlmBatch batch = VlmBatch.collate(items, new RowPacking(rows), transform, pad);
    return new PreferenceBatch(batch.text(), batch.images(), pairs.toArray(int[][]::new));
  }

  /** Items in rows of up to {@code packing} tokens; 0: a row for each. */
  VlmBatch collate(List<VlmBatch.Item> items, int packing) {
    RowPacking rows = packing == 0 ? RowPacking.oneEach(items.size())
        : RowPacking.firstFit(items.stream().mapToInt(i -> i.text().length()).toArray(), packing);
    return VlmBatch.collate(items, rows, transform, pad);
  }
}
