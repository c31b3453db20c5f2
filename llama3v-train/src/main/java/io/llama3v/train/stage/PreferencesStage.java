package io.llama3v.train.stage;

import com.fasterxml.jackson.databind.JsonNode;
import io.llama3v.data.pipeline.Permutation;
import io.llama3v.data.sample.Sample;
import io.llama3v.data.shard.ShardIndex;
import io.llama3v.io.AtomicFiles;
import io.llama3v.io.Json;
import io.llama3v.tensor.Mix64;
import io.llama3v.train.eval.ExactMatch;
import io.llama3v.train.preference.PictureFiles;
import io.llama3v.train.preference.Preference;
import io.llama3v.train.preference.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes preferences out of the corpus' questions: the true answer against one that is true of another question of the same kind, drawn
 * as often as it occurs, so that neither how an answer looks nor how frequent it is tells which is right.
 */
final class PreferencesStage implements Stage {
  private static final int TRIES = 100;

  private record Asked(long sample, int turn, String kind, String question, String answer) {}

  @Override
  public void run(StageContext context) throws IOException {
    PreferencesSection s = context.config().preferences();
    Path folder = context.folder("preferences");
    Files.createDirectories(folder);
    write(context.shards("questions/train"), folder.resolve(PostTraining.TRAIN), s.pairs(), context.config().seed());
    write(context.shards("questions/validation"), folder.resolve(PostTraining.VALIDATION), s.validation(), context.config().seed());
  }

  private static void write(String pattern, Path file, int pairs, long seed) throws IOException {
    StringBuilder lines = new StringBuilder();
    try (ShardIndex index = ShardIndex.open(pattern)) {
      List<Asked> all = new ArrayList<>();
      Map<String, List<String>> answers = new HashMap<>();
      for (long i = 0; i < index.size(); i++) {
        Sample sample = index.read(i);
        int turn = 0;
        for (JsonNode q : sample.json().path("conversations")) {
          Asked asked = new Asked(i, turn++, q.path("kind").asText(), q.path("question").asText(), q.path("answer").asText());
          all.add(asked);
          answers.computeIfAbsent(asked.kind, k -> new ArrayList<>()).add(asked.answer);
        }
      }
      if (all.isEmpty()) throw new IllegalStateException(pattern + " holds no questions to make preferences of");
      Permutation order = new Permutation(all.size(), seed);
      int made = 0;
      for (long i = 0; i < all.size() && made < pairs; i++) {
        Asked asked = all.get((int) order.apply(i));
        String wrong = wrong(asked, answers.get(asked.kind), Mix64.mix(seed, i));
        if (wrong == null) continue;
        String picture = PictureFiles.name(file.getParent(), index.file(asked.sample), index.key(asked.sample));
        Prompt prompt = Prompt.question(index.key(asked.sample) + "/" + asked.turn, List.of(picture), asked.question);
        lines.append(Json.write(new Preference(prompt, asked.answer, wrong, null).toJson().put("kind", asked.kind))).append('\n');
        made++;
      }
    }
    AtomicFiles.writeString(file, lines);
  }

  private static String wrong(Asked asked, List<String> answers, long draw) {
    for (int i = 0; i < TRIES; i++) {
      String other = answers.get((int) Long.remainderUnsigned(Mix64.mix(draw, i), answers.size()));
      if (!ExactMatch.matches(other, asked.answer)) return other;
    }
    return null;
  }
}
