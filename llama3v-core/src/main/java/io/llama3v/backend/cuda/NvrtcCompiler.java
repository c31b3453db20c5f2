package io.llama3v.backend.cuda;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.bytedeco.cuda.global.nvrtc;
import org.bytedeco.cuda.nvrtc._nvrtcProgram;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * NVIDIA's run-time compiler, for any GPU that it knows, present or not. The library itself needs no driver; the bindings load the
 * driver's library before it.
 */
final class NvrtcCompiler implements KernelCompiler {
  private final String version;

  NvrtcCompiler() {
    int[] major = new int[1];
    int[] minor = new int[1];
    check("nvrtcVersion", nvrtc.nvrtcVersion(major, minor));
    version = "NVRTC " + major[0] + "." + minor[0];
  }

  @Override
  public String version() {
    return version;
  }

  @Override
  public byte[] compile(KernelSource source, String architecture) {
    List<String> options = new ArrayList<>(List.of("--gpu-architecture=" + architecture, "--std=c++17"));
    for (String macro : source.macros()) options.add("--define-macro=" + macro);
    Map<String, String> headers = KernelSource.headers();
    _nvrtcProgram program = new _nvrtcProgram();
    try (Texts text = new Texts(List.of(source.text())); Texts name = new Texts(List.of(source.file()));
        Texts headerTexts = new Texts(headers.values()); Texts headerNames = new Texts(headers.keySet()); Texts flags = new Texts(options);
        SizeTPointer size = new SizeTPointer(1)) {
      check("nvrtcCreateProgram", nvrtc.nvrtcCreateProgram(program, text.first(), name.first(), headers.size(), headerTexts.pointers,
          headerNames.pointers));
      int result = nvrtc.nvrtcCompileProgram(program, options.size(), flags.pointers);
      if (result != nvrtc.NVRTC_SUCCESS) {
        throw new CudaException(source + " does not compile for " + architecture + " with " + version + ":\n" + log(program, size));
      }
      check("nvrtcGetCUBINSize", nvrtc.nvrtcGetCUBINSize(program, size));
      byte[] cubin = new byte[Math.toIntExact(size.get())];
      check("nvrtcGetCUBIN", nvrtc.nvrtcGetCUBIN(program, cubin));
      return cubin;
    } finally {
      if (!program.isNull()) nvrtc.nvrtcDestroyProgram(program);
    }
  }

  private static String log(_nvrtcProgram program, SizeTPointer size) {
    nvrtc.nvrtcGetProgramLogSize(program, size);
    byte[] log = new byte[Math.toIntExact(size.get())];
    nvrtc.nvrtcGetProgramLog(program, log);
    return new String(log, StandardCharsets.UTF_8).strip();
  }

  private static void check(String call, int result) {
    if (result != nvrtc.NVRTC_SUCCESS) throw new CudaException(call + ": " + nvrtc.nvrtcGetErrorString(result).getString());
  }

  /** C strings, and an array of pointers to them. */
  private static final class Texts implements AutoCloseable {
    private final List<BytePointer> strings = new ArrayList<>();
    private final PointerPointer<BytePointer> pointers;

    Texts(Iterable<String> texts) {
      for (String text : texts) strings.add(new BytePointer(text, StandardCharsets.UTF_8));
      pointers = new PointerPointer<>(strings.toArray(new BytePointer[0]));
    }

    BytePointer first() {
      return strings.get(0);
    }

    @Override
    public void close() {
      pointers.close();
      strings.forEach(BytePointer::close);
    }
  }
}
