package io.llama3v.train.stage;

import io.llama3v.data.pipeline.DataLoader;
import io.llama3v.data.sample.SampleSource;
import io.llama3v.llama.LlamaConfig;
import io.llama3v.llama.LlamaModel;
import io.llama3v.llama.RowPacking;
import io.llama3v.llama.TextBatch;
import io.llama3v.tensor.Mix64;
import io.llama3v.tensor.Tensor;
import io.llama3v.text.BytePairTrainer;
import io.llama3v.text.ChatTemplate;
import io.llama3v.text.SpecialTokens;
import io.llama3v.text.Tokenizer;
import io.llama3v.train.loop.BatchSource;
import io.llama3v.train.loop.Task;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Trains a small language model on the corpus' text, for those who bring none: first a tokenizer, then next-token prediction on
 * documents and on conversations in the chat format. With {@code load} in its section it does nothing.
 */
final class LanguageModelStage implements Stage {
  /** Share of the texts that are conversations; the others are documents. */
  private static final double DIALOGUES = 0.35;

  @Override
  public void run(StageContext context) throws IOException {
    LanguageModelSection section = context.config().languageModel();
    if (section.load() != null) return;
    Path folder = context.folder("language-model");
    Path corpus = context.config().corpus().folder();
    List<TextSources.Dialogue> dialogues = TextSources.dialogues(context.shards("questions/train"));
    trainTokenizer(folder, corpus, dialogues, section.vocabulary());
    try (Tokenizer tokenizer = context.tokenizer()) {
      LlamaModel model = new LlamaModel(LlamaConfig.small(tokenizer.vocabularySize(), section.hidden(), section.intermediate(),
          section.layers(), section.heads(), section.kvHeads(), section.tied(),
          tokenizer.specialId(SpecialTokens.BEGIN_OF_TEXT).orElseThrow(), tokenizer.specialId(SpecialTokens.END_OF_TEXT).orElseThrow()));
      try (model) {
        model.initialize(context.backend(), context.config().seed());
        train(context, section, model, tokenizer, TextSources.lines(corpus.resolve("text/train.txt")), dialogues);
        model.save(folder);
      }
    }
  }

  private static void trainTokenizer(Path folder, Path corpus, List<TextSources.Dialogue> dialogues, int vocabulary) throws IOException {
    List<String> texts = new ArrayList<>(Files.readAllLines(corpus.resolve("text/train.txt")));
    for (TextSources.Dialogue dialogue : dialogues) texts.add(TextSources.spelled(dialogue));
    Files.createDirectories(folder);
    new BytePairTrainer(vocabulary).train(texts).save(folder);
  }

  private static void train(StageContext context, LanguageModelSection section, LlamaModel model, Tokenizer tokenizer,
      SampleSource lines, List<TextSources.Dialogue> dialogues) throws IOException {
    TrainingConfig t = section.training();
    ChatTemplate chat = new ChatTemplate(tokenizer);
    int pad = tokenizer.specialId(SpecialTokens.PAD).orElseThrow();
    long seed = context.config().seed();
    try (DataLoader<int[]> loader = t.reading(DataLoader.<int[]>over(lines, (sample, position) -> {
      long draw = Mix64.mix(seed, position);
      boolean dialogue = (draw >>> 11) * 0x1.0p-53 < DIALOGUES;
      int[] ids = dialogue ? chat.encode(dialogues.get((int) Long.remainderUnsigned(Mix64.mix(draw), dialogues.size())).messages(), false).ids()
          : chat.encodeCaption(sample.text(), 0).ids();
      return ids.length <= section.maxTokens() ? ids : Arrays.copyOf(ids, section.maxTokens());
    }), context.folder("language-model")).seed(seed).build()) {
      Training.run(context, "language-model", t, model, new Task<TextBatch>() {
        @Override
        public Tensor loss(TextBatch batch, double normalizer) {
          return model.loss(batch, normalizer);
        }

        @Override
        public double count(TextBatch batch) {
          return batch.counted();
        }

        @Override
        public long tokens(TextBatch batch) {
          return batch.counted();
        }
      }, BatchSource.of(loader, batch -> collate(batch, t.packing(), pad)), seed, loop -> { });
    }
  }

  private static TextBatch collate(List<int[]> texts, int packing, int pad) {
    if (packing == 0) return TextBatch.padded(texts, texts, pad);
    return TextBatch.packed(texts, texts, pad, RowPacking.firstFit(texts.stream().mapToInt(t -> t.length).toArray(), packing));
  }
}
