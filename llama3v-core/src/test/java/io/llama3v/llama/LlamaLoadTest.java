package io.llama3v.llama;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.llama3v.backend.Backend;
import io.llama3v.io.SafetensorsException;
import io.llama3v.io.SafetensorsFile;
import io.llama3v.io.SafetensorsType;
import io.llama3v.io.SafetensorsWriter;
import io.llama3v.io.SafetensorsWriter.Entry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LlamaLoadTest {
  @TempDir
  Path folder;

  /** The last of many tensors cannot be read: those before it have their memory by then, and nobody has the model to close it. */
  @Test
  void weightsThatFailHalfWayLeaveNoMemoryBehind() throws IOException {
    try (Backend backend = Backend.named("cpu"); LlamaModel llama = new LlamaModel(LlamaConfig.small(30, 24, 40, 2, 6, 2, false, 1, 2))) {
      llama.initialize(backend, 5);
      llama.save(folder);
      long before = backend.liveBytes();
      try (LlamaModel again = LlamaModel.load(backend, folder)) {
        assertArrayEquals(llama.norm().parameters().get("weight").toFloats(), again.norm().parameters().get("weight").toFloats());
      }
      assertEquals(before, backend.liveBytes());
      Path weights = folder.resolve("model.safetensors");
      Path broken = folder.resolve("broken.safetensors");
      try (SafetensorsFile file = SafetensorsFile.open(weights)) {
        List<Entry> entries = new ArrayList<>();
        for (String name : file.names()) {
          entries.add(name.equals("lm_head.weight") ? Entry.ofLongs(name, SafetensorsType.I32, new long[] {30, 24}, new long[30 * 24])
              : Entry.copyOf(file, name));
        }
        SafetensorsWriter.write(broken, entries);
      }
      Files.move(broken, weights, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
      assertThrows(SafetensorsException.class, () -> LlamaModel.load(backend, folder));
      assertEquals(before, backend.liveBytes());
    }
  }
}
