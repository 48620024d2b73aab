//! iceoryx2 for bench/rivals/iceoryx2/iceoryx2.c: samples are loaned, written in place, sent and received; a sleeping
//! reader waits on a listener, which the writer notifies after each send.
use iceoryx2::port::listener::Listener;
use iceoryx2::port::notifier::Notifier;
use iceoryx2::port::publisher::Publisher;
use iceoryx2::port::subscriber::Subscriber;
use iceoryx2::prelude::*;
use iceoryx2::sample::Sample;
use iceoryx2::sample_mut_uninit::SampleMutUninit;
use iceoryx2::service::port_factory::{event, publish_subscribe};
use std::ffi::{c_char, c_void, CStr};
use std::mem::MaybeUninit;
use std::ptr;
use std::time::{Duration, Instant};

type Service = ipc::Service;
type Failure = Box<dyn std::error::Error>;

const PATIENCE: Duration = Duration::from_secs(5);
const LOOKS_PER_CLOCK: u32 = 4096;
const ALIGNMENT: usize = 64;
const BUFFERED: usize = 2;
const BUFFERED_EVERY: usize = 4; // as many as our ring has slots for: ROUTE_QUEUE of carrier.h

pub struct Writer {
    loaned: Option<SampleMutUninit<Service, [MaybeUninit<u8>], ()>>,
    publisher: Publisher<Service, [u8], ()>,
    notifier: Option<Notifier<Service>>,
    bytes: usize,
    _node: Node<Service>,
}

pub struct Reader {
    received: Option<Sample<Service, [u8], ()>>,
    subscriber: Subscriber<Service, [u8], ()>,
    listener: Option<Listener<Service>>,
    _node: Node<Service>,
}

#[repr(C)]
pub struct Route {
    name: *const c_char,
    bytes: usize,
    readers: usize,
    sleeping: bool,
    every: bool,
}

fn join() -> Result<Node<Service>, Failure> {
    set_log_level(LogLevel::Fatal);
    Ok(NodeBuilder::new()
        .signal_handling_mode(SignalHandlingMode::Disabled)
        .create::<Service>()?)
}

fn name_of(route: &Route) -> Result<ServiceName, Failure> {
    let name = unsafe { CStr::from_ptr(route.name) }.to_str()?;
    Ok(ServiceName::new(name)?)
}

fn buffered(route: &Route) -> usize {
    if route.every {
        BUFFERED_EVERY
    } else {
        BUFFERED
    }
}

fn frames(node: &Node<Service>, route: &Route) -> Result<publish_subscribe::PortFactory<Service, [u8], ()>, Failure> {
    Ok(node
        .service_builder(&name_of(route)?)
        .publish_subscribe::<[u8]>()
        .payload_alignment(Alignment::new(ALIGNMENT).unwrap())
        .enable_safe_overflow(!route.every)
        .history_size(0)
        .subscriber_max_buffer_size(buffered(route))
        .subscriber_max_borrowed_samples(1)
        .max_publishers(1)
        .max_subscribers(route.readers)
        .max_nodes(route.readers + 1)
        .open_or_create()?)
}

fn bell(node: &Node<Service>, route: &Route) -> Result<event::PortFactory<Service>, Failure> {
    Ok(node
        .service_builder(&name_of(route)?)
        .event()
        .max_notifiers(1)
        .max_listeners(route.readers)
        .max_nodes(route.readers + 1)
        .open_or_create()?)
}

fn open_writer(route: &Route) -> Result<Writer, Failure> {
    let node = join()?;
    let publisher = frames(&node, route)?
        .publisher_builder()
        .initial_max_slice_len(route.bytes)
        .allocation_strategy(AllocationStrategy::Static)
        .max_loaned_samples(1)
        .backpressure_strategy(if route.every {
            BackpressureStrategy::RetryUntilDelivered
        } else {
            BackpressureStrategy::DiscardData
        })
        .create()?;
    let notifier = match route.sleeping {
        true => Some(bell(&node, route)?.notifier_builder().create()?),
        false => None,
    };
    Ok(Writer { loaned: None, publisher, notifier, bytes: route.bytes, _node: node })
}

fn open_reader(route: &Route) -> Result<Reader, Failure> {
    let node = join()?;
    let subscriber = frames(&node, route)?.subscriber_builder().buffer_size(buffered(route)).create()?;
    let listener = match route.sleeping {
        true => Some(bell(&node, route)?.listener_builder().create()?),
        false => None,
    };
    Ok(Reader { received: None, subscriber, listener, _node: node })
}

fn loan(writer: &mut Writer) -> Result<*mut c_void, Failure> {
    let mut sample = writer.publisher.loan_slice_uninit(writer.bytes)?;
    let data = sample.payload_mut().as_mut_ptr();
    writer.loaned = Some(sample);
    Ok(data.cast())
}

fn publish(writer: &mut Writer) -> Result<(), Failure> {
    let sample = writer.loaned.take().ok_or("nothing is loaned")?;
    unsafe { sample.assume_init() }.send()?;
    if let Some(notifier) = &writer.notifier {
        notifier.notify()?;
    }
    Ok(())
}

fn receive(reader: &mut Reader) -> Result<*const c_void, Failure> {
    let start = Instant::now();
    loop {
        for _ in 0..LOOKS_PER_CLOCK {
            if let Some(sample) = reader.subscriber.receive()? {
                let data = sample.payload().as_ptr();
                reader.received = Some(sample);
                return Ok(data.cast());
            }
            if let Some(listener) = &mut reader.listener {
                listener.timed_wait(|_| {}, PATIENCE)?;
            }
        }
        if start.elapsed() > PATIENCE {
            return Err("no sample came".into());
        }
    }
}

fn said<T>(result: Result<T, Failure>) -> Option<T> {
    result.map_err(|error| eprintln!("bench: iceoryx2: {error:?}")).ok()
}

fn boxed<T>(opened: Option<T>) -> *mut T {
    opened.map_or(ptr::null_mut(), |end| Box::into_raw(Box::new(end)))
}

#[no_mangle]
pub extern "C" fn bench_iceoryx2_open_writer(route: &Route) -> *mut Writer {
    boxed(said(open_writer(route)))
}

#[no_mangle]
pub extern "C" fn bench_iceoryx2_open_reader(route: &Route) -> *mut Reader {
    boxed(said(open_reader(route)))
}

#[no_mangle]
pub extern "C" fn bench_iceoryx2_loan(writer: &mut Writer) -> *mut c_void {
    said(loan(writer)).unwrap_or(ptr::null_mut())
}

#[no_mangle]
pub extern "C" fn bench_iceoryx2_publish(writer: &mut Writer) -> bool {
    said(publish(writer)).is_some()
}

#[no_mangle]
pub extern "C" fn bench_iceoryx2_receive(reader: &mut Reader) -> *const c_void {
    said(receive(reader)).unwrap_or(ptr::null())
}

#[no_mangle]
pub extern "C" fn bench_iceoryx2_release(reader: &mut Reader) {
    reader.received = None;
}

#[no_mangle]
pub unsafe extern "C" fn bench_iceoryx2_close_writer(writer: *mut Writer) {
    drop((!writer.is_null()).then(|| Box::from_raw(writer)));
}

#[no_mangle]
pub unsafe extern "C" fn bench_iceoryx2_close_reader(reader: *mut Reader) {
    drop((!reader.is_null()).then(|| Box::from_raw(reader)));
}
