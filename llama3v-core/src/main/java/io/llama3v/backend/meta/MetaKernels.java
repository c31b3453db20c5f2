package io.llama3v.backend.meta;

import io.llama3v.backend.KernelCost;
import io.llama3v.backend.Kernels;
import io.llama3v.tensor.DType;
import io.llama3v.tensor.Tensor;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Every kernel as its cost. A proxy, so that a kernel added to {@link Kernels} needs a line in {@link KernelCost} and none here. */
final class MetaKernels implements InvocationHandler {
  private final BiConsumer<String, KernelCost> spend;

  private MetaKernels(BiConsumer<String, KernelCost> spend) {
    this.spend = spend;
  }

  static Kernels of(BiConsumer<String, KernelCost> spend) {
    return (Kernels) Proxy.newProxyInstance(Kernels.class.getClassLoader(), new Class<?>[] {Kernels.class}, new MetaKernels(spend));
  }

  @Override
  public Object invoke(Object proxy, Method method, Object[] args) throws Throwable {
    if (method.getDeclaringClass() == Object.class) return method.invoke(this, args);
    Optional<KernelCost> cost = KernelCost.of(method.getName(), args);
    // A kernel made of other kernels costs what those do.
    if (cost.isEmpty() && method.isDefault()) return InvocationHandler.invokeDefault(proxy, method, args);
    spend.accept(method.getName(), cost.orElseThrow(() -> new IllegalStateException("KernelCost does not know the kernel '"
        + method.getName() + "': add its operations and bytes there")));
    if (method.getName().equals("matmul")) copyWeights((Tensor) args[0], (Tensor) args[2]);
    if (method.getName().equals("linear")) copyWeights((Tensor) args[0], (Tensor) args[1], (Tensor) args[2]);
    Class<?> type = method.getReturnType();
    if (type == double.class) return 0.0;
    if (type == boolean.class) return false;
    return null;
  }

  /** A product with an operand in BF16 reads those in F32 through copies. */
  private static void copyWeights(Tensor... operands) {
    boolean half = false;
    for (Tensor t : operands) half |= t != null && t.type() == DType.BF16;
    if (!half) return;
    for (Tensor t : operands) if (t != null && t.type() == DType.F32 && t.elements() > 0) ((MetaStorage) t.storage()).copyToBf16();
  }
}
