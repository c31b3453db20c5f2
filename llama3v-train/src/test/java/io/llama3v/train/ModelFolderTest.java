package io.llama3v.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFolderTest {
  @TempDir Path run;

  @Test
  void theMostFinishedModelOfARunIsThatOfItsLastStage() throws IOException {
    for (String stage : new String[] {"language-model", "adapter", "annealing", "sft/soup", "dpo", "quality"}) {
      Path folder = Files.createDirectories(run.resolve(stage));
      Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"mllama\"}");
      assertEquals(folder, ModelFolder.find(run).weights());
    }
  }
}
