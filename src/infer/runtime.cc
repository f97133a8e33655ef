#include "infer/runtime.h"

#include <algorithm>
#include <atomic>
#include <exception>
#include <filesystem>
#include <utility>

#include "infer/openvino_request.h"

namespace likeness::infer {
namespace {

constexpr const char* device = "CPU";

// Natively: OpenVINO names the capability only where the CPU has the instructions.
bool cpu_has_bf16(const ov::Core& core) {
  const auto capabilities = core.get_property(device, ov::device::capabilities);
  return std::find(capabilities.begin(), capabilities.end(), ov::device::capability::BF16) != capabilities.end();
}

Result<std::vector<std::size_t>> find_outputs(const ov::Model& model, const std::vector<std::string>& names) {
  std::vector<std::size_t> found;
  const auto& outputs = model.outputs();
  for (const std::string& name : names) {
    const auto output = std::find_if(outputs.begin(), outputs.end(),
                                     [&](const auto& candidate) { return candidate.get_names().contains(name); });
    if (output == outputs.end()) return Error(ErrorKind::invalid_argument, "the model has no output " + name);
    if (output->get_element_type() != ov::element::f32) {
      return Error(ErrorKind::invalid_argument, "output " + name + " is not f32");
    }
    found.push_back(static_cast<std::size_t>(output - outputs.begin()));
  }
  return found;
}

}  // namespace

struct Runtime::Engine {
  ov::Core core;
  int threads = 1;
  bool bf16 = false;
  std::atomic<std::int64_t> compilations = 0;

  // Throws what OpenVINO throws.
  Result<std::unique_ptr<Model>> load(const Pack& pack, const std::vector<Shape>& shapes,
                                      const std::vector<std::string>& output_names) {
    const std::shared_ptr<ov::Model> model = core.read_model(pack.file.string());
    if (model->inputs().size() != 1 || model->input().get_element_type() != ov::element::f32) {
      return Error(ErrorKind::invalid_argument, "the model must have one input, of f32");
    }
    const std::vector<std::size_t> outputs = TRY(find_outputs(*model, output_names));
    std::vector<Shape> compiled_shapes = shapes;
    if (compiled_shapes.empty()) compiled_shapes.push_back(model->input().get_shape());
    std::vector<std::unique_ptr<Variant>> variants;
    for (const Shape& shape : compiled_shapes) {
      model->reshape(ov::PartialShape(ov::Shape(shape)));
      const ov::AnyMap settings = {
          ov::num_streams(1),
          ov::inference_num_threads(1),
          ov::hint::enable_cpu_pinning(false),
          ov::hint::inference_precision(bf16 && pack.manifest.bf16 ? ov::element::bf16 : ov::element::f32),
      };
      std::vector<ov::CompiledModel> compiled;
      for (int i = 0; i < threads; ++i) compiled.push_back(core.compile_model(model, device, settings));
      variants.push_back(std::make_unique<Variant>(std::move(compiled), outputs));
      compilations.fetch_add(threads);
    }
    return std::make_unique<Model>(std::move(variants));
  }
};

Runtime::Runtime(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}
Runtime::~Runtime() = default;

Result<std::unique_ptr<Runtime>> Runtime::create(const RuntimeOptions& options) {
  try {
    auto engine = std::make_unique<Engine>();
    engine->threads = std::max(1, options.threads);
    engine->bf16 = options.precision == Precision::automatic && cpu_has_bf16(engine->core);
    if (!options.cache_folder.empty()) {
      std::filesystem::create_directories(options.cache_folder);
      engine->core.set_property(ov::cache_dir(options.cache_folder));
    }
    return std::unique_ptr<Runtime>(new Runtime(std::move(engine)));
  } catch (const std::exception& exception) {
    return Error(ErrorKind::unavailable, std::string("the inference engine does not start: ") + exception.what());
  }
}

Result<std::unique_ptr<Model>> Runtime::load(const Pack& pack, const std::vector<Shape>& input_shapes,
                                             const std::vector<std::string>& output_names) {
  try {
    Result<std::unique_ptr<Model>> model = engine_->load(pack, input_shapes, output_names);
    if (!model.ok()) return model.error().within(pack.file.string());
    return model;
  } catch (const std::exception& exception) {
    return Error(ErrorKind::corrupt, pack.file.string() + ": the engine cannot compile it: " + exception.what());
  }
}

std::int64_t Runtime::compilations() const { return engine_->compilations.load(); }

bool Runtime::uses_bf16() const { return engine_->bf16; }

}  // namespace likeness::infer
