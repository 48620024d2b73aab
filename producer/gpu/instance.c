// The Vulkan instance and the messages of its validation layer.
#include "producer/gpu/instance.h"

#include <stdlib.h>
#include <string.h>

#include "common/base/error.h"
#include "common/base/log.h"
#include "producer/gpu/result.h"

static const char validation_layer[] = "VK_LAYER_KHRONOS_validation";

static const char *const validation_extensions[] = {VK_EXT_DEBUG_UTILS_EXTENSION_NAME,
                                                    VK_EXT_VALIDATION_FEATURES_EXTENSION_NAME};

static const VkValidationFeatureEnableEXT validation_enables[] = {
    VK_VALIDATION_FEATURE_ENABLE_SYNCHRONIZATION_VALIDATION_EXT};

static VKAPI_ATTR VkBool32 VKAPI_CALL complain(VkDebugUtilsMessageSeverityFlagBitsEXT severity,
                                               VkDebugUtilsMessageTypeFlagsEXT types,
                                               const VkDebugUtilsMessengerCallbackDataEXT *data,
                                               void *user)
{
    (void)severity;
    (void)types;
    struct instance *instance = user;
    instance->complaints++;
    log_error("%s", data->pMessage);
    return VK_FALSE;
}

static VkDebugUtilsMessengerCreateInfoEXT messenger_info(struct instance *instance)
{
    return (VkDebugUtilsMessengerCreateInfoEXT){
        .sType = VK_STRUCTURE_TYPE_DEBUG_UTILS_MESSENGER_CREATE_INFO_EXT,
        .messageSeverity = VK_DEBUG_UTILS_MESSAGE_SEVERITY_WARNING_BIT_EXT |
                           VK_DEBUG_UTILS_MESSAGE_SEVERITY_ERROR_BIT_EXT,
        .messageType = VK_DEBUG_UTILS_MESSAGE_TYPE_VALIDATION_BIT_EXT |
                       VK_DEBUG_UTILS_MESSAGE_TYPE_PERFORMANCE_BIT_EXT,
        .pfnUserCallback = complain,
        .pUserData = instance,
    };
}

static tachy_status find_layer(void)
{
    uint32_t count = 0;
    VkResult result = vkEnumerateInstanceLayerProperties(&count, NULL);
    if (result != VK_SUCCESS)
        return result_check(result, "listing layers");
    VkLayerProperties *layers = calloc(count + 1, sizeof *layers);
    if (!layers)
        return error_set(TACHY_NO_MEMORY, "Vulkan: no memory to list %u layers", count);
    result = vkEnumerateInstanceLayerProperties(&count, layers);
    bool found = false;
    for (uint32_t i = 0; result >= 0 && i < count; i++)
        found = found || strcmp(layers[i].layerName, validation_layer) == 0;
    free(layers);
    if (found)
        return TACHY_OK;
    return error_set(TACHY_UNSUPPORTED,
                     "Vulkan: the validation layer %s is not installed: "
                     "apt install vulkan-validationlayers, or do without validation",
                     validation_layer);
}

static tachy_status create_messenger(struct instance *instance)
{
    PFN_vkCreateDebugUtilsMessengerEXT create =
        (PFN_vkCreateDebugUtilsMessengerEXT)vkGetInstanceProcAddr(instance->handle,
                                                                  "vkCreateDebugUtilsMessengerEXT");
    if (!create)
        return error_set(TACHY_UNSUPPORTED, "Vulkan: the validation layer has no %s",
                         VK_EXT_DEBUG_UTILS_EXTENSION_NAME);
    const VkDebugUtilsMessengerCreateInfoEXT info = messenger_info(instance);
    return result_check(create(instance->handle, &info, NULL, &instance->messenger),
                        "creating the messenger");
}

tachy_status instance_init(struct instance *instance, bool validate)
{
    tachy_status status = validate ? find_layer() : TACHY_OK;
    if (status)
        return status;
    const char *const layers[] = {validation_layer};
    const VkDebugUtilsMessengerCreateInfoEXT messages = messenger_info(instance);
    const VkValidationFeaturesEXT features = {
        .sType = VK_STRUCTURE_TYPE_VALIDATION_FEATURES_EXT,
        .pNext = &messages,
        .enabledValidationFeatureCount = sizeof validation_enables / sizeof validation_enables[0],
        .pEnabledValidationFeatures = validation_enables,
    };
    const VkApplicationInfo application = {
        .sType = VK_STRUCTURE_TYPE_APPLICATION_INFO,
        .pApplicationName = "tachyscope",
        .apiVersion = VK_API_VERSION_1_3,
    };
    const VkInstanceCreateInfo info = {
        .sType = VK_STRUCTURE_TYPE_INSTANCE_CREATE_INFO,
        .pNext = validate ? &features : NULL,
        .pApplicationInfo = &application,
        .enabledLayerCount = validate ? 1 : 0,
        .ppEnabledLayerNames = layers,
        .enabledExtensionCount = validate ? 2 : 0,
        .ppEnabledExtensionNames = validation_extensions,
    };
    VkResult result = vkCreateInstance(&info, NULL, &instance->handle);
    if (result == VK_ERROR_INCOMPATIBLE_DRIVER)
        return error_set(TACHY_UNSUPPORTED, "no Vulkan driver found: install the driver of your "
                                            "GPU, or the CPU driver: apt install "
                                            "mesa-vulkan-drivers");
    status = result_check(result, "creating an instance");
    if (status == TACHY_OK && validate)
        status = create_messenger(instance);
    return status;
}

void instance_finish(struct instance *instance)
{
    if (instance->messenger) {
        PFN_vkDestroyDebugUtilsMessengerEXT destroy =
            (PFN_vkDestroyDebugUtilsMessengerEXT)vkGetInstanceProcAddr(
                instance->handle, "vkDestroyDebugUtilsMessengerEXT");
        destroy(instance->handle, instance->messenger, NULL);
    }
    if (instance->handle)
        vkDestroyInstance(instance->handle, NULL);
    *instance = (struct instance){0};
}
